"""The step verbs, one function each; a new verb is a function here and nothing else."""
