"""The running text of one section -> what its sentences state as arithmetic and what does not add up.

    text -> tokens -> numbers (with clause, unit, role and name) -> readings (every one the cues allow) -> verdicts

A sentence is never guessed at: all readings of a cue are collected, and only where none holds is the best of them
told, as certain where the cue is strong. Every cue is a row of ``cues.yaml`` with an example that a test reads.
"""
