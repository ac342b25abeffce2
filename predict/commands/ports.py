"""Ports of this machine that a command's server is to listen on."""

from __future__ import annotations

import socket

from labels.errors import UserError

HOST = "127.0.0.1"


def require_free_port(port: int, target: str) -> None:
    """Stop unless nothing listens on a port; a server that cannot have its port says so only in its log.

    Raises:
        UserError: it is busy; names the make target with another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UserError(f"port {port} is busy; choose another: make {target} PORT={port + 1}") from error
