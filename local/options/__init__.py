"""The commands' options: one file a group of commands, each with an `add` that the command line calls.

They import what a command needs when it runs: a wrong option should not have to wait for the emulated AWS to load.
"""
