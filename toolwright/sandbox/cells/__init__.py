"""What runs in the confined processes: standard library only, the judge adds pytest; frames in and out."""
