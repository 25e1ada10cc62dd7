"""Training on clips: batches, losses, schedule, log and recorded iterations."""
