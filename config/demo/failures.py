"""What can keep the demonstration from starting, each told in one sentence instead of a traceback."""


class DemoFailed(RuntimeError):
    """A start cannot go on; the message says why and what to do."""
