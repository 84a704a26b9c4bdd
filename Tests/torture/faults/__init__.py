"""One file a fault; `run` takes a bench and breaks something until its budget is used up."""
