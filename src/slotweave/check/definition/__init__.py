"""A kernel or a program held against the plain definition of its workload."""
