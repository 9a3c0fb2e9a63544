// Sockets: opening, writing, and cutting what arrives into WebSocket messages for `on_message` (receive.h).
#pragma once
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <cerrno>
#include <string>
#include <vector>
#include "messages.h"
#include "usage.h"

enum class State { Idle, Connecting, Http, Handshake, Ready, Closed };

/** One call or stream that was begun; its place in `Connection::calls` is its invocation id. */
struct Call { uint64_t sent; int items = 0; };

struct Connection {
  int fd = -1, index = 0;
  State state = State::Idle;
  std::string in, out, partial;  // partial: a fragmented message so far
  int partial_opcode = 0;
  bool want_write = false;
  uint64_t opened = 0;
  std::vector<Call> calls;
  std::string connection_id;  // mode ask: what the server calls it
};
static std::vector<Connection> connections;
static int epoll;
static int ready = 0;
static bool measuring = false, running = true;
static uint64_t errors = 0, closed = 0, bytes_in = 0;
static std::string first_error;

static void on_ready(Connection& c);
static void on_message(Connection& c, int opcode, const char* p, size_t n);

static void note_error(const std::string& what) {
  errors++;
  if (first_error.empty()) first_error = what.substr(0, 200);
}
/** Mode churn closes all the time and does not mind who is first. */
static bool closing_is_an_error() { return running && opt.mode != "churn"; }

static void arm(Connection& c) {
  bool want_write = !c.out.empty() || c.state == State::Connecting;
  if (want_write == c.want_write) return;
  c.want_write = want_write;
  epoll_event event{};
  event.events = EPOLLIN;
  if (want_write) event.events |= EPOLLOUT;
  event.data.u32 = c.index;
  epoll_ctl(epoll, EPOLL_CTL_MOD, c.fd, &event);
}
static void drop(Connection& c) {
  if (c.fd >= 0) {
    if (c.state == State::Ready) ready--;
    close(c.fd);
    c.fd = -1;
  }
  c.state = State::Closed;
  c.in.clear();
  c.out.clear();
  c.partial.clear();
  c.want_write = false;
}
static void flush(Connection& c) {
  while (!c.out.empty()) {
    ssize_t n = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
    if (n > 0) c.out.erase(0, n);
    else if (errno == EAGAIN) break;
    else { note_error(std::string("send: ") + strerror(errno)); closed++; drop(c); return; }
  }
  arm(c);
}

static void open_connection(Connection& c) {
  c.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c.fd < 0) { note_error(std::string("socket: ") + strerror(errno)); c.state = State::Closed; return; }
  int one = 1;
  setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (opt.mode == "churn") { linger reset{1, 0}; setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset); }
  if (opt.sources > 1) {
    sockaddr_in source{};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr = htonl(0x7f000001 + c.index % opt.sources);
    setsockopt(c.fd, SOL_IP, 24 /*IP_BIND_ADDRESS_NO_PORT*/, &one, sizeof one);
    bind(c.fd, (sockaddr*)&source, sizeof source);
  }
  int port = opt.ports[c.index % opt.ports.size()];
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  inet_pton(AF_INET, opt.host.c_str(), &server.sin_addr);
  if (connect(c.fd, (sockaddr*)&server, sizeof server) < 0 && errno != EINPROGRESS) {
    note_error(std::string("connect: ") + strerror(errno));
    drop(c);
    return;
  }
  c.state = State::Connecting;
  c.opened = now_ns();
  c.calls.clear();
  c.want_write = true;
  c.out = upgrade_request(port);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.u32 = c.index;
  epoll_ctl(epoll, EPOLL_CTL_ADD, c.fd, &event);
}

/** @returns false while the response has not arrived in whole, and when it was a refusal. */
static bool take_upgrade_response(Connection& c) {
  size_t end = c.in.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  if (c.in.compare(9, 3, "101") != 0) { note_error("upgrade: " + c.in.substr(0, 40)); drop(c); return false; }
  c.in.erase(0, end + 4);
  if (opt.flavour == "raw") { on_ready(c); return true; }
  c.state = State::Handshake;
  if (opt.flavour == "signalr") c.out += handshake();
  return true;
}

/** Hands over every whole frame of `c.in`. */
static void take_frames(Connection& c) {
  size_t at = 0;
  for (int fd = c.fd; c.fd == fd && fd >= 0;) {
    size_t have = c.in.size() - at, header = 2;
    if (have < 2) break;
    const unsigned char* p = (const unsigned char*)c.in.data() + at;
    int opcode = p[0] & 15;
    bool final = p[0] & 0x80;
    uint64_t n = p[1] & 127;
    if (n == 126) { if (have < 4) break; n = p[2] << 8 | p[3]; header = 4; }
    else if (n == 127) { if (have < 10) break; n = 0; for (int i = 0; i < 8; i++) n = n << 8 | p[2 + i]; header = 10; }
    if (have < header + n) break;
    const char* body = (const char*)p + header;
    if (opcode < CLOSE && (!final || opcode == 0)) {  // ASP.NET Core fragments messages larger than a buffer segment
      if (opcode) c.partial_opcode = opcode;
      c.partial.append(body, n);
      if (final) { std::string whole; whole.swap(c.partial); on_message(c, c.partial_opcode, whole.data(), whole.size()); }
    } else on_message(c, opcode, body, n);
    if (c.fd != fd) return;
    at += header + n;
  }
  c.in.erase(0, at);
}

static void on_readable(Connection& c) {
  static char buffer[262144];
  for (;;) {
    ssize_t n = recv(c.fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      closed++;
      if (closing_is_an_error()) note_error(n == 0 ? "closed by server (no close frame)" : std::string("recv: ") + strerror(errno));
      drop(c);
      return;
    }
    if (measuring) bytes_in += n;
    c.in.append(buffer, n);
    if (c.state == State::Http && !take_upgrade_response(c)) { if (c.fd < 0) return; continue; }
    take_frames(c);
    if (c.fd < 0) return;
    if (n < ssize_t(sizeof buffer)) break;
  }
  flush(c);
}

/** Past some 30 s of silence a SignalR server takes a client for gone. */
static void keep_alive() {
  static uint64_t last = now_ns();
  if (opt.flavour != "signalr" || now_ns() - last < uint64_t(10e9)) return;
  last = now_ns();
  for (auto& c : connections) if (c.state == State::Ready) { c.out += hub_ping(); flush(c); }
}

static void pump(int timeout_ms) {
  static epoll_event events[1024];
  int n = epoll_wait(epoll, events, 1024, timeout_ms);
  for (int i = 0; i < n; i++) {
    Connection& c = connections[events[i].data.u32];
    if (c.fd < 0) continue;
    if (c.state == State::Connecting) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error) { note_error(std::string("connect: ") + strerror(error)); drop(c); continue; }
      if (events[i].events & EPOLLOUT) { c.state = State::Http; flush(c); }
      if (c.fd < 0) continue;
    }
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
    else if (events[i].events & EPOLLOUT) flush(c);
  }
  keep_alive();
}
