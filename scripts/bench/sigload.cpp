// sigload: a one-thread epoll WebSocket load generator for SignalR servers and their peers (Linux, x86-64).
// Build: g++ -O2 -std=c++17 -o sigload sigload.cpp (bench.mjs does it)          Usage: sigload --help
// It opens --conns WebSocket connections straight to --path (no negotiate), does the flavour's handshake, then runs
// one mode for --seconds and prints one JSON object: counts, rate, latency percentiles (microseconds), and, with
// --pid, the server process's CPU seconds and resident set, so that servers can be compared by CPU per message.
// An answer that is too short, a lost delivery, and a connection the server closed are counted in "errors": a server that
// drops work must not look fast. One file of 350 lines, because it is a tool that should build anywhere without a build system.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

static uint64_t now_ns() { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return uint64_t(t.tv_sec) * 1000000000ull + t.tv_nsec; }

struct Options {
  std::string host = "127.0.0.1", path = "/chat", mode = "echo", flavour = "signalr", proto = "json";
  std::string target = "Echo", broadcast = "Broadcast", query;
  int port = 5000, conns = 100, payload = 32, window = 1, sources = 1, senders = 1, rate = 0, ramp = 500;
  double seconds = 5, warmup = 1;
  std::vector<int> pids;
} opt;

static const char* HELP =
"sigload --port P [--host 127.0.0.1] [--path /chat] [--query k=v&..]\n"
"  --flavour signalr|raw|socketio    what the frames speak (default signalr)\n"
"  --proto json|messagepack          hub protocol of the signalr flavour (default json)\n"
"  --mode echo|broadcast|idle|churn  (default echo)\n"
"     echo       every connection keeps --window calls of --target(payload) outstanding; counts completions\n"
"     broadcast  --senders connections keep --window calls of --broadcast(payload) outstanding, or send --rate calls/s\n"
"                in all; every connection gets each one as a client call; counts deliveries\n"
"     idle       opens the connections, waits --seconds, and reports memory per connection (with --pid)\n"
"     churn      connect, handshake, one echo, close, again, --conns at once; counts whole cycles, times them from connect\n"
"  --conns N --payload BYTES --window W --senders S --rate R --seconds S --warmup S --ramp CONNECTS_AT_ONCE\n"
"  --target Echo --broadcast Broadcast   hub method names (socketio: event names echo / broadcast)\n"
"  --sources K   bind client sockets to 127.0.0.1..K in turn (past 28,000 connections)\n"
"  --pid PID[,PID]  server processes to account (CPU seconds, resident set)\n";

struct Proc { double cpu = 0; uint64_t rss = 0; };
static Proc proc_stat() {
  Proc p;
  for (int pid : opt.pids) {
    char f[64]; snprintf(f, sizeof f, "/proc/%d/stat", pid);
    if (FILE* h = fopen(f, "r")) {
      char buf[4096]; size_t n = fread(buf, 1, sizeof buf - 1, h); buf[n] = 0; fclose(h);
      if (char* r = strrchr(buf, ')')) {
        unsigned long ut = 0, st = 0;
        sscanf(r + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ut, &st);
        p.cpu += double(ut + st) / sysconf(_SC_CLK_TCK);
      }
    }
    snprintf(f, sizeof f, "/proc/%d/statm", pid);
    if (FILE* h = fopen(f, "r")) { unsigned long a = 0, b = 0; if (fscanf(h, "%lu %lu", &a, &b) == 2) p.rss += b * sysconf(_SC_PAGESIZE); fclose(h); }
  }
  return p;
}

enum class St { Idle, Connecting, Http, Hand, Ready, Closed };
struct Conn {
  int fd = -1; St st = St::Idle; std::string in, out, part; int part_op = 0; bool want_write = false;  // part: a fragmented message so far
  uint64_t next_id = 0, opened = 0; std::vector<uint64_t> sent; int index = 0;
};
static std::vector<Conn> conns;
static int ep;
static uint64_t deliveries = 0, completions = 0, cycles = 0, errors = 0, closed = 0, bytes_in = 0, pings = 0, sent_calls = 0;
static uint64_t all_calls = 0, all_deliveries = 0;  // since the start, warm-up included: every call must have reached every connection
static std::string first_error;
static std::vector<uint32_t> lat;           // microseconds
static bool measuring = false, running = true;
static int ready = 0;

static void note_error(const std::string& e) { errors++; if (first_error.empty()) first_error = e.substr(0, 200); }

static void frame(std::string& o, const char* p, size_t n, int op) {  // masked with a zero key: legal, and free
  o.push_back(char(0x80 | op));
  if (n < 126) o.push_back(char(0x80 | n));
  else if (n < 65536) { o.push_back(char(0x80 | 126)); o.push_back(char(n >> 8)); o.push_back(char(n)); }
  else { o.push_back(char(0x80 | 127)); for (int i = 7; i >= 0; i--) o.push_back(char(uint64_t(n) >> (8 * i))); }
  o.append(4, '\0'); o.append(p, n);
}
static void mp_str(std::string& o, const std::string& s) {
  size_t n = s.size();
  if (n < 32) o.push_back(char(0xa0 | n));
  else if (n < 256) { o.push_back(char(0xd9)); o.push_back(char(n)); }
  else { o.push_back(char(0xda)); o.push_back(char(n >> 8)); o.push_back(char(n)); }
  o += s;
}
static std::string call(const std::string& target, uint64_t id, bool want_reply, const std::string& arg) {
  std::string o;
  if (opt.flavour == "raw") { std::string m = (want_reply ? "E" : "B") + arg; frame(o, m.data(), m.size(), 1); return o; }
  if (opt.flavour == "socketio") {
    std::string m = "42" + (want_reply ? std::to_string(id) : "") + "[\"" + target + "\",\"" + arg + "\"]";
    frame(o, m.data(), m.size(), 1); return o;
  }
  if (opt.proto == "json") {
    std::string m = "{\"type\":1,";
    if (want_reply) m += "\"invocationId\":\"" + std::to_string(id) + "\",";
    m += "\"target\":\"" + target + "\",\"arguments\":[\"" + arg + "\"]}\x1e";
    frame(o, m.data(), m.size(), 1); return o;
  }
  std::string b; b.push_back(char(0x96)); b.push_back(1); b.push_back(char(0x80));
  if (want_reply) mp_str(b, std::to_string(id)); else b.push_back(char(0xc0));
  mp_str(b, target); b.push_back(char(0x91)); mp_str(b, arg); b.push_back(char(0x90));
  std::string m; size_t n = b.size(); do { unsigned char c = n & 0x7f; n >>= 7; if (n) c |= 0x80; m.push_back(char(c)); } while (n); m += b;
  frame(o, m.data(), m.size(), 2); return o;
}
static std::string filler;
static std::string stamp_payload() {
  char b[24]; snprintf(b, sizeof b, "%020" PRIu64, now_ns()); std::string s(b);
  return s.size() >= size_t(opt.payload) ? s : s + filler.substr(0, opt.payload - s.size());
}
static void arm(Conn& c) {
  bool w = !c.out.empty() || c.st == St::Connecting;
  if (w == c.want_write) return;
  c.want_write = w; epoll_event e{}; e.events = EPOLLIN | (w ? EPOLLOUT : 0); e.data.u32 = c.index; epoll_ctl(ep, EPOLL_CTL_MOD, c.fd, &e);
}
static void drop(Conn& c) { if (c.fd >= 0) { if (c.st == St::Ready) ready--; close(c.fd); c.fd = -1; } c.st = St::Closed; c.in.clear(); c.out.clear(); c.part.clear(); c.want_write = false; }
static void flush(Conn& c) {
  while (!c.out.empty()) {
    ssize_t n = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
    if (n > 0) c.out.erase(0, n);
    else if (errno == EAGAIN) break;
    else { note_error(std::string("send: ") + strerror(errno)); closed++; drop(c); return; }
  }
  arm(c);
}
static void open_conn(Conn& c) {
  c.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c.fd < 0) { note_error(std::string("socket: ") + strerror(errno)); c.st = St::Closed; return; }
  int one = 1; setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (opt.mode == "churn") { linger l{1, 0}; setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &l, sizeof l); }
  if (opt.sources > 1) {
    sockaddr_in s{}; s.sin_family = AF_INET; s.sin_addr.s_addr = htonl(0x7f000001 + c.index % opt.sources);
    int bind_no_port = 1; setsockopt(c.fd, SOL_IP, 24 /*IP_BIND_ADDRESS_NO_PORT*/, &bind_no_port, sizeof bind_no_port);
    bind(c.fd, (sockaddr*)&s, sizeof s);
  }
  sockaddr_in a{}; a.sin_family = AF_INET; a.sin_port = htons(opt.port); inet_pton(AF_INET, opt.host.c_str(), &a.sin_addr);
  int r = connect(c.fd, (sockaddr*)&a, sizeof a);
  if (r < 0 && errno != EINPROGRESS) { note_error(std::string("connect: ") + strerror(errno)); close(c.fd); c.fd = -1; c.st = St::Closed; return; }
  c.st = St::Connecting; c.opened = now_ns(); c.in.clear(); c.sent.clear(); c.next_id = 0; c.want_write = true;
  std::string path = opt.path;
  if (opt.flavour == "socketio") path = "/socket.io/?EIO=4&transport=websocket";
  if (!opt.query.empty()) path += (path.find('?') == std::string::npos ? "?" : "&") + opt.query;
  c.out = "GET " + path + " HTTP/1.1\r\nHost: " + opt.host + ":" + std::to_string(opt.port) +
          "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  epoll_event e{}; e.events = EPOLLIN | EPOLLOUT; e.data.u32 = c.index; epoll_ctl(ep, EPOLL_CTL_ADD, c.fd, &e);
}
static void send_echo(Conn& c) { c.sent.push_back(now_ns()); c.out += call(opt.target, c.next_id++, true, filler.substr(0, opt.payload)); sent_calls++; all_calls++; }
static std::string sender_tag(const Conn& c) { char b[16]; snprintf(b, sizeof b, "#%05u", unsigned(c.index) % 100000); return b; }  // a raw broadcast has no reply: its sender knows it by the tag
static void send_broadcast(Conn& c, bool reply) {
  std::string p = stamp_payload();
  if (opt.flavour == "raw") p = p.substr(0, std::max<size_t>(20, p.size() - 6)) + sender_tag(c);
  c.out += call(opt.broadcast, c.next_id++, reply && opt.flavour != "raw", p); sent_calls++; all_calls++;
}
static void on_ready(Conn& c) {
  c.st = St::Ready; ready++;
  if (opt.mode == "churn") send_echo(c);
}
static void on_reply(Conn& c, uint64_t id, bool ok, size_t size) {
  if (!ok) note_error("a call failed: " + c.in.substr(0, 150));
  else if (opt.mode != "broadcast" && size < size_t(opt.payload)) note_error("an echo shorter than what was sent: " + c.in.substr(0, 150));
  if (measuring) {
    completions++;
    if (opt.mode == "churn") lat.push_back(uint32_t((now_ns() - c.opened) / 1000));
    else if (opt.mode == "echo" && id < c.sent.size()) lat.push_back(uint32_t((now_ns() - c.sent[id]) / 1000));
  }
  if (!running) return;
  if (opt.mode == "echo") send_echo(c);
  else if (opt.mode == "broadcast" && opt.rate == 0) send_broadcast(c, true);
  else if (opt.mode == "churn") { cycles += measuring; drop(c); }  // run_for opens it again
}
static void on_delivery(Conn& c, const char* p, size_t n) {
  all_deliveries++;
  if (!measuring) return;
  deliveries++;
  if ((deliveries & 15) == 0 || c.index < 8) {  // sample
    for (size_t i = 0; i + 20 <= n && i < 400; i++) {
      if (p[i] == '0' && p[i + 1] == '0') { bool d = true; for (int k = 0; k < 20 && d; k++) d = p[i + k] >= '0' && p[i + k] <= '9';
        if (d) { uint64_t t = strtoull(std::string(p + i, 20).c_str(), nullptr, 10); lat.push_back(uint32_t((now_ns() - t) / 1000)); break; } }
    }
  }
}
static uint64_t find_id(const char* p, size_t n) {  // "invocationId":"N"
  static const char k[] = "\"invocationId\":\""; const char* q = (const char*)memmem(p, n, k, sizeof k - 1);
  return q ? strtoull(q + sizeof k - 1, nullptr, 10) : UINT64_MAX;
}
static void json_message(Conn& c, const char* p, size_t n) {
  static const char k[] = "\"type\":"; const char* q = (const char*)memmem(p, n, k, sizeof k - 1);
  int type = q ? q[sizeof k - 1] - '0' : -1;
  if (type == 3) { static const char er[] = "\"error\":"; on_reply(c, find_id(p, n), !memmem(p, std::min(n, size_t(120)), er, sizeof er - 1), n); }
  else if (type == 1) on_delivery(c, p, n);
  else if (type == 6) pings++;
  else if (type == 7) { note_error("Close: " + std::string(p, std::min(n, size_t(160)))); }
}
static void mp_message(Conn& c, const unsigned char* p, size_t n) {
  if (n < 3) return;
  int type = p[1];
  if (type == 6) { pings++; return; }
  if (type == 7) { note_error("Close (messagepack)"); return; }
  if (type == 1) { on_delivery(c, (const char*)p, n); return; }
  if (type == 3) {  // [3, {}, id, kind, ...]
    size_t i = 2; if (p[i] == 0x80) i++; size_t len = p[i] & 0x1f; i++;
    uint64_t id = strtoull(std::string((const char*)p + i, len).c_str(), nullptr, 10); i += len;
    on_reply(c, id, p[i] != 1, n);
  }
}
static void on_frame(Conn& c, int op, const char* p, size_t n) {
  if (op == 8) { closed++; if (running && opt.mode != "churn") note_error("closed by server: " + (n > 2 ? std::string(p + 2, n - 2) : std::string("code only"))); drop(c); return; }
  if (op == 9) { frame(c.out, p, n, 10); return; }
  if (op == 10) return;
  if (opt.flavour == "raw") {
    if (n && p[0] == 'B') { on_delivery(c, p, n); if (c.index < opt.senders && running && opt.rate == 0 && std::string(p + n - 6, 6) == sender_tag(c)) send_broadcast(c, false); }
    else on_reply(c, c.next_id - opt.window, true, n);
    return;
  }
  if (opt.flavour == "socketio") {
    if (n && p[0] == '2') { frame(c.out, "3", 1, 1); pings++; return; }
    if (c.st == St::Hand) { if (n && p[0] == '0') { frame(c.out, "40", 2, 1); } else if (n > 1 && p[0] == '4' && p[1] == '0') on_ready(c); return; }
    if (n > 1 && p[0] == '4' && p[1] == '3') on_reply(c, strtoull(std::string(p + 2, std::min(n - 2, size_t(20))).c_str(), nullptr, 10), true, n);
    else if (n > 1 && p[0] == '4' && p[1] == '2') on_delivery(c, p, n);
    return;
  }
  if (c.st == St::Hand) {
    const char* e = (const char*)memchr(p, 0x1e, n);
    if (!e) { note_error("handshake without a record separator"); return; }
    if (memmem(p, e - p, "\"error\"", 7)) { note_error("handshake: " + std::string(p, e - p)); drop(c); return; }
    on_ready(c); size_t used = e - p + 1; p += used; n -= used; if (!n || c.fd < 0) return;
  }
  if (opt.proto == "json") {
    while (n && c.fd >= 0) { const char* e = (const char*)memchr(p, 0x1e, n); if (!e) { note_error("a partial message in a frame"); return; } json_message(c, p, e - p); size_t used = e - p + 1; p += used; n -= used; }
  } else {
    const unsigned char* q = (const unsigned char*)p;
    while (n && c.fd >= 0) { size_t len = 0, i = 0; int sh = 0; do { len |= size_t(q[i] & 0x7f) << sh; sh += 7; } while (q[i++] & 0x80); if (i + len > n) { note_error("a partial message in a frame"); return; } mp_message(c, q + i, len); q += i + len; n -= i + len; }
  }
}
static void on_data(Conn& c) {
  char buf[262144];
  for (;;) {
    ssize_t r = recv(c.fd, buf, sizeof buf, 0);
    if (r == 0) { closed++; if (running && opt.mode != "churn") note_error("closed by server (no close frame)"); drop(c); return; }
    if (r < 0) { if (errno == EAGAIN) break; closed++; if (opt.mode != "churn") note_error(std::string("recv: ") + strerror(errno)); drop(c); return; }
    if (measuring) bytes_in += r;
    c.in.append(buf, r);
    if (c.st == St::Http) {
      size_t e = c.in.find("\r\n\r\n"); if (e == std::string::npos) continue;
      if (c.in.compare(9, 3, "101") != 0) { note_error("upgrade: " + c.in.substr(0, 40)); drop(c); return; }
      c.in.erase(0, e + 4);
      if (opt.flavour == "raw") on_ready(c);
      else { c.st = St::Hand; if (opt.flavour == "signalr") { std::string h = "{\"protocol\":\"" + opt.proto + "\",\"version\":1}\x1e"; frame(c.out, h.data(), h.size(), opt.proto == "json" ? 1 : 2); } }
    }
    size_t at = 0; int fd = c.fd;
    while (c.fd == fd && fd >= 0) {
      size_t have = c.in.size() - at; if (have < 2) break;
      const unsigned char* p = (const unsigned char*)c.in.data() + at; int op = p[0] & 15; uint64_t n = p[1] & 127; size_t h = 2;
      if (n == 126) { if (have < 4) break; n = p[2] << 8 | p[3]; h = 4; }
      else if (n == 127) { if (have < 10) break; n = 0; for (int i = 0; i < 8; i++) n = n << 8 | p[2 + i]; h = 10; }
      if (have < h + n) break;
      bool fin = p[0] & 0x80; const char* body = (const char*)p + h;
      if (op < 8 && (!fin || op == 0)) {  // ASP.NET Core fragments messages larger than a buffer segment
        if (op) c.part_op = op;
        c.part.append(body, n);
        if (fin) { std::string whole; whole.swap(c.part); on_frame(c, c.part_op, whole.data(), whole.size()); }
      } else on_frame(c, op, body, n);
      if (c.fd != fd) return;
      at += h + n;
    }
    c.in.erase(0, at);
    if (r < ssize_t(sizeof buf)) break;
  }
  flush(c);
}
static void pump(int timeout_ms) {
  static epoll_event ev[1024];
  int n = epoll_wait(ep, ev, 1024, timeout_ms);
  for (int i = 0; i < n; i++) {
    Conn& c = conns[ev[i].data.u32]; if (c.fd < 0) continue;
    if (c.st == St::Connecting) {
      int e = 0; socklen_t l = sizeof e; getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &e, &l);
      if (e) { note_error(std::string("connect: ") + strerror(e)); drop(c); continue; }
      if (ev[i].events & EPOLLOUT) { c.st = St::Http; flush(c); } if (c.fd < 0) continue;
    }
    if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_data(c);
    else if (ev[i].events & EPOLLOUT) flush(c);
  }
}
static void run_for(double s) {
  uint64_t end = now_ns() + uint64_t(s * 1e9), start = now_ns(), paced = 0;
  while (now_ns() < end) {
    if (opt.mode == "broadcast" && opt.rate > 0) {
      uint64_t due = uint64_t((now_ns() - start) / 1e9 * opt.rate);
      while (paced < due) { Conn& c = conns[paced % opt.senders]; if (c.fd >= 0) { send_broadcast(c, false); flush(c); } paced++; }
      pump(1);
    } else pump(20);
    if (opt.mode == "churn") for (auto& c : conns) if (c.st == St::Closed) open_conn(c);
  }
}
int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    std::string a = argv[i]; auto v = [&] { if (i + 1 >= argc) { fprintf(stderr, "%s needs a value\n", a.c_str()); exit(2); } return std::string(argv[++i]); };
    if (a == "--help") { fputs(HELP, stdout); return 0; }
    else if (a == "--host") opt.host = v(); else if (a == "--port") opt.port = stoi(v()); else if (a == "--path") opt.path = v();
    else if (a == "--query") opt.query = v(); else if (a == "--mode") opt.mode = v(); else if (a == "--flavour") opt.flavour = v();
    else if (a == "--proto") opt.proto = v(); else if (a == "--conns") opt.conns = stoi(v()); else if (a == "--payload") opt.payload = stoi(v());
    else if (a == "--window") opt.window = stoi(v()); else if (a == "--senders") opt.senders = stoi(v()); else if (a == "--rate") opt.rate = stoi(v());
    else if (a == "--seconds") opt.seconds = stod(v()); else if (a == "--warmup") opt.warmup = stod(v()); else if (a == "--ramp") opt.ramp = stoi(v());
    else if (a == "--target") opt.target = v(); else if (a == "--broadcast") opt.broadcast = v(); else if (a == "--sources") opt.sources = stoi(v());
    else if (a == "--pid") { std::string s = v(); for (char* t = strtok(&s[0], ","); t; t = strtok(nullptr, ",")) opt.pids.push_back(atoi(t)); }
    else { fprintf(stderr, "unknown option %s\n%s", a.c_str(), HELP); return 2; }
  }
  opt.senders = std::min(opt.senders, opt.conns);
  rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  filler.assign(std::max(opt.payload, 64), 'x'); ep = epoll_create1(0); conns.resize(opt.conns);
  for (int i = 0; i < opt.conns; i++) conns[i].index = i;
  Proc p0 = proc_stat(); uint64_t t0 = now_ns();
  int opened = 0; uint64_t give_up = now_ns() + uint64_t(60e9);
  auto settled = [&] { int s = 0; for (auto& c : conns) s += c.st == St::Ready || c.st == St::Closed; return s; };
  while (opt.mode != "churn" && now_ns() < give_up) {
    while (opened < opt.conns && opened - (opt.conns < 2000 || opened % 64 == 0 ? settled() : ready) < opt.ramp) open_conn(conns[opened++]);
    pump(10);
    if (opened == opt.conns && settled() == opt.conns) break;
  }
  double connect_s = (now_ns() - t0) / 1e9; int connected = ready; Proc p1 = proc_stat();
  if (opt.mode != "churn" && connected != opt.conns) note_error("only " + std::to_string(connected) + " connections came up");
  if (opt.mode == "churn") for (auto& c : conns) open_conn(c);
  if (opt.mode == "echo") for (auto& c : conns) if (c.st == St::Ready) { for (int w = 0; w < opt.window; w++) send_echo(c); flush(c); }
  if (opt.mode == "broadcast" && opt.rate == 0) for (int i = 0; i < opt.senders; i++) if (conns[i].st == St::Ready) { for (int w = 0; w < opt.window; w++) send_broadcast(conns[i], true); flush(conns[i]); }
  if (opt.mode != "idle") run_for(opt.warmup);
  lat.reserve(1 << 22); measuring = true; sent_calls = 0; Proc a = proc_stat(); uint64_t m0 = now_ns();
  run_for(opt.seconds);
  uint64_t m1 = now_ns(); Proc b = proc_stat(); measuring = false; running = false;
  if (opt.mode == "broadcast") {
    uint64_t due = all_calls * uint64_t(connected), until = now_ns() + uint64_t(10e9);
    while (all_deliveries < due && now_ns() < until) pump(20);
    if (all_deliveries != due) note_error("deliveries due " + std::to_string(due) + ", received " + std::to_string(all_deliveries));
  }
  double s = (m1 - m0) / 1e9; std::sort(lat.begin(), lat.end());
  auto pc = [&](double q) { return lat.empty() ? 0u : lat[std::min(lat.size() - 1, size_t(q * lat.size()))]; };
  uint64_t count = opt.mode == "broadcast" ? deliveries : opt.mode == "churn" ? cycles : completions;
  printf("{\"flavour\":\"%s\",\"proto\":\"%s\",\"mode\":\"%s\",\"conns\":%d,\"connected\":%d,\"connect_s\":%.2f,\"seconds\":%.2f,\"calls\":%" PRIu64 ",\"count\":%" PRIu64 ",\"per_s\":%.0f,\"mb_in_per_s\":%.1f,"
         "\"p50_us\":%u,\"p99_us\":%u,\"p999_us\":%u,\"max_us\":%u,\"errors\":%" PRIu64 ",\"closed\":%" PRIu64 ",\"pings\":%" PRIu64,
         opt.flavour.c_str(), opt.proto.c_str(), opt.mode.c_str(), opt.conns, opt.mode == "churn" ? opt.conns : connected, connect_s, s, sent_calls, count, count / s, bytes_in / s / 1e6,
         pc(.5), pc(.99), pc(.999), lat.empty() ? 0u : lat.back(), errors, closed, pings);
  if (!opt.pids.empty()) {
    double cpu = b.cpu - a.cpu;
    printf(",\"server_cpu_s\":%.2f,\"server_cpu_us_per_msg\":%.3f,\"server_rss_mb\":%.1f", cpu, count ? cpu * 1e6 / count : 0, b.rss / 1048576.0);
    if (opt.mode == "idle") printf(",\"connect_cpu_us_per_conn\":%.1f,\"kb_per_conn\":%.2f", connected ? (p1.cpu - p0.cpu) * 1e6 / connected : 0, connected ? (double(b.rss) - double(p0.rss)) / 1024.0 / connected : 0);
  }
  if (!first_error.empty()) { std::string e; for (char ch : first_error) { if (ch == '"' || ch == '\\') e += '\\'; e += (unsigned char)ch < 32 ? ' ' : ch; } printf(",\"first_error\":\"%s\"", e.c_str()); }
  printf("}\n");
  return errors ? 1 : 0;
}
