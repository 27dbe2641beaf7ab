"""nginx with the gateway's own certificates, answering a static body over mTLS."""
import shutil
import socket

from . import machine

# Sessions as Wissel keeps them: stateful, one ticket, 300 s, no more than 4096 or so; the same versions, suites and
# groups; every client certificate checked against the authority and its revocation list.
CONFIGURATION = """\
worker_processes 2;
worker_rlimit_nofile {descriptors};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 10m;
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {pki}/wissel.pem;
    ssl_certificate_key {pki}/wissel.key;
    ssl_client_certificate {pki}/ca.pem;
    ssl_crl {pki}/ca.crl;
    ssl_verify_client on;
    ssl_verify_depth 6;
    ssl_protocols TLSv1.3;
    ssl_ecdh_curve X25519:P-256:P-384;
    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256;
    ssl_conf_command NumTickets 1;
    ssl_session_tickets off;
    ssl_session_cache shared:wissel:16m;
    ssl_session_timeout 300s;
    default_type application/json;
    location / {{ return 200 '{body}'; }}
  }}
}}
"""


def lacking():
    return [] if shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin") else ["nginx"]


class Nginx:
    """env in its folder makes it a network to wissel-load: its own address and process, the gateway's partners."""

    def __init__(self, folder, gateway, body):
        folder.mkdir()
        self.folder, self._process = folder, None
        port, log = machine.free_port(), folder / "out.log"
        (folder / "nginx.conf").write_text(CONFIGURATION.format(
            folder=folder, port=port, pki=gateway.folder / "pki", body=body, descriptors=machine.raise_descriptors()))
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
        self._process = machine.start(
            [program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log", "-g", "daemon off;"],
            log, start_new_session=True)  # as the gateway is: Linux shares processors out by session
        try:
            machine.until_ready(self._process, lambda: _answers(port), log)
        except BaseException:
            self.stop()
            raise
        gateway.write_env(folder, {"WISSEL_URL": f"https://127.0.0.1:{port}", "WISSEL_PID": self._process.pid})

    def stop(self):
        machine.stop(self._process)


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
