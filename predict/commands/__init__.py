"""The commands of `newsdesk`, a module a task; what they need is imported when they run."""
