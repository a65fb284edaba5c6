"""The public challenge: its workload, files, facts, export and ladder."""
