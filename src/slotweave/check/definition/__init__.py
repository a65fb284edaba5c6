"""A kernel or a program compared with the plain definition of its workload."""
