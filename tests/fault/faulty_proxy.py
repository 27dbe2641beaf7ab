#!/usr/bin/python3
"""A bad network between clients and the daemon, in user space: faulty_proxy.py HOST PORT FAULT [NUMBER [SOURCE]]

Says on which port it listens, and goes on until its standard input ends. FAULT is
  none          passes everything on; SOURCE is the address from which it asks (for a fault that the kernel makes)
  loss NUMBER   NUMBER of a hundred pieces come late, as those that TCP sends again: 0.2 s, or twice that, or …
  reset NUMBER  ends both sides by a reset after up to NUMBER bytes of answers
  hole NUMBER   passes up to NUMBER bytes of answers on and then nothing, either way
"""
import asyncio
import random
import socket
import struct
import sys

PIECE = 1400
AGAIN_S = 0.2
AGAIN_MAX = 4
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: unsent bytes are thrown away, the other side gets a reset


class Pair:
    """One connection of a client and ours to the daemon."""

    def __init__(self, fault, number, client, daemon):
        self.fault, self.client, self.daemon = fault, client, daemon
        self.number = number
        self.left = random.randrange(1, number) if fault in ("reset", "hole") else None

    async def run(self):
        ways = [asyncio.create_task(self.pass_on(self.client[0], self.daemon[1], False)),
                asyncio.create_task(self.pass_on(self.daemon[0], self.client[1], True))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for _, writer in (self.client, self.daemon):
            writer.close()

    async def pass_on(self, reader, writer, answers):
        while piece := await reader.read(PIECE):
            if self.fault == "loss":
                await self.lose()
            if self.left is not None:
                if answers:
                    piece, self.left = piece[:self.left], self.left - len(piece)
                if self.left <= 0:
                    await self.end(writer, piece if answers else b"")
                    return
            writer.write(piece)
            await writer.drain()

    async def lose(self):
        late = AGAIN_S
        for _ in range(AGAIN_MAX):
            if random.random() * 100 >= self.number:
                return
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=late)
            late *= 2

    async def end(self, writer, piece):
        writer.write(piece)
        await writer.drain()
        if self.fault == "hole":
            await asyncio.get_running_loop().create_future()  # until the client gives up
        for _, other in (self.client, self.daemon):
            other.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


async def serve(host, port, fault, number, source):
    async def accept(reader, writer):
        try:
            local = (source, 0) if source else None
            daemon = await asyncio.open_connection(host, port, local_addr=local)
            await Pair(fault, number, (reader, writer), daemon).run()
        except OSError:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    host, port, fault, *more = sys.argv[1:]
    asyncio.run(serve(host, int(port), fault, int(more[0]) if more else 0, more[1] if len(more) > 1 else None))
