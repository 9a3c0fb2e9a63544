// sigload: a one-thread epoll WebSocket load generator for SignalR servers and their peers (Linux, little or big endian).
// Build: g++ -O2 -std=c++17 -o sigload sigload.cpp (load-tool.mjs does it)          Usage: sigload --help
// It opens --conns WebSocket connections straight to --path (no negotiate), does the flavour's handshake, then runs one mode for
// --seconds and prints one JSON object: counts, rate, latency percentiles (microseconds), and, with --pid, the CPU seconds and
// resident set of the servers, so that they can be compared by CPU per message.
#include "receive.h"

static bool open_all() {
  const uint64_t give_up = now_ns() + uint64_t(60e9);
  auto settled = [] { int n = 0; for (auto& c : connections) n += c.state == State::Ready || c.state == State::Closed; return n; };
  int opened = 0;
  while (now_ns() < give_up) {
    // Counting what has failed takes a walk over all, so with many connections it is done now and then.
    while (opened < opt.conns && opened - (opt.conns < 2000 || opened % 64 == 0 ? settled() : ready) < opt.ramp) open_connection(connections[opened++]);
    pump(10);
    if (opened == opt.conns && settled() == opt.conns) break;
  }
  return ready == opt.conns;
}

/** Mode ask: until everybody knows its name. */
static void wait_for_connection_ids() {
  auto nameless = [] { for (auto& c : connections) if (c.connection_id.empty()) return true; return false; };
  for (auto& c : connections) flush(c);
  for (uint64_t give_up = now_ns() + uint64_t(10e9); nameless() && now_ns() < give_up;) pump(10);
  if (nameless()) note_error("not every connection was told its id");
}

/** Sends what is due at --rate. Latency counts from when a message was due: waiting for a busy load tool is waiting too. */
static void send_due_broadcasts(uint64_t start, uint64_t& sent) {
  const double interval = 1e9 / opt.rate;
  for (; start + uint64_t(sent * interval) <= now_ns(); sent++) {
    Connection& c = connections[sent % opt.senders];
    if (c.fd < 0) continue;
    send_broadcast(c, false, start + uint64_t(sent * interval));
    flush(c);
  }
}

static void run_for(double seconds) {
  const uint64_t start = now_ns(), end = start + uint64_t(seconds * 1e9);
  uint64_t sent = 0;
  while (now_ns() < end) {
    if (opt.rate > 0) send_due_broadcasts(start, sent);
    pump(opt.rate > 0 ? 1 : 20);
    if (opt.mode == "churn") for (auto& c : connections) if (c.state == State::Closed) open_connection(c);
  }
}

static void begin_load() {
  if (opt.mode == "churn") { for (auto& c : connections) open_connection(c); return; }
  if (opt.mode == "idle" || opt.rate > 0) return;
  const int senders = opt.mode == "broadcast" ? opt.senders : opt.conns;
  for (int i = 0; i < senders; i++) {
    Connection& c = connections[i];
    if (c.state != State::Ready) continue;
    for (int w = 0; w < opt.window; w++) send_next(c);
    flush(c);
  }
}

/** Every broadcast must reach every connection. @returns the seconds it took until the last one had. */
static double drain_broadcasts(int connected) {
  const uint64_t due = all_calls * uint64_t(connected), start = now_ns(), give_up = start + uint64_t(opt.drain * 1e9);
  while (all_deliveries < due && now_ns() < give_up) pump(20);
  if (all_deliveries != due) note_error("deliveries due " + std::to_string(due) + ", received " + std::to_string(all_deliveries));
  return (now_ns() - start) / 1e9;
}

static std::string json_escaped(const std::string& s) {
  std::string out;
  for (char ch : s) {
    if (ch == '"' || ch == '\\') out += '\\';
    out += (unsigned char)ch < 32 || (unsigned char)ch > 126 ? ' ' : ch;  // bytes of MessagePack are no text
  }
  return out;
}
static uint32_t percentile(double share) {
  return latencies.empty() ? 0 : latencies[std::min(latencies.size() - 1, size_t(share * latencies.size()))];
}
static uint64_t counted() {
  if (opt.mode == "broadcast") return deliveries;
  if (opt.mode == "churn") return cycles;
  return opt.mode == "stream" ? items : completions;
}

int main(int argc, char** argv) {
  parse_options(argc, argv);
  raise_file_limit();
  filler.assign(std::max(opt.payload, 64), 'x');
  epoll = epoll_create1(0);
  connections.resize(opt.conns);
  for (int i = 0; i < opt.conns; i++) connections[i].index = i;

  const Usage before = server_usage();
  const uint64_t opening = now_ns();
  if (opt.mode != "churn" && !open_all()) note_error("only " + std::to_string(ready) + " connections came up");
  const double connect_s = (now_ns() - opening) / 1e9;
  const int connected = opt.mode == "churn" ? opt.conns : ready;
  const Usage opened = server_usage();

  if (opt.mode == "ask") wait_for_connection_ids();
  begin_load();
  if (opt.mode != "idle") run_for(opt.warmup);

  latencies.reserve(1 << 22);
  calls_sent = 0;
  measuring = true;
  const uint64_t start = now_ns();
  const double own_start = own_cpu();
  const Usage first = server_usage();
  run_for(opt.seconds);
  const double seconds = (now_ns() - start) / 1e9, own = own_cpu() - own_start;
  const Usage last = server_usage();
  measuring = running = false;
  const double drain_s = opt.mode == "broadcast" ? drain_broadcasts(connected) : 0;

  std::sort(latencies.begin(), latencies.end());
  const uint64_t count = counted();
  printf("{\"flavour\":\"%s\",\"proto\":\"%s\",\"mode\":\"%s\",\"conns\":%d,\"connected\":%d,\"connect_s\":%.2f,\"seconds\":%.2f,\"drain_s\":%.2f,\"calls\":%" PRIu64
         ",\"count\":%" PRIu64 ",\"per_s\":%.0f,\"mb_in_per_s\":%.1f,\"p50_us\":%u,\"p99_us\":%u,\"p999_us\":%u,\"max_us\":%u,\"errors\":%" PRIu64
         ",\"closed\":%" PRIu64 ",\"pings\":%" PRIu64 ",\"load_tool_busy\":%.2f",
         opt.flavour.c_str(), opt.proto.c_str(), opt.mode.c_str(), opt.conns, connected, connect_s, seconds, drain_s, calls_sent, count, count / seconds,
         bytes_in / seconds / 1e6, percentile(.5), percentile(.99), percentile(.999), latencies.empty() ? 0u : latencies.back(), errors, closed, pings,
         own / seconds);
  if (!opt.pids.empty()) {
    const double cpu = last.cpu - first.cpu;
    printf(",\"server_cpu_s\":%.2f,\"server_cpu_us_per_msg\":%.3f,\"server_rss_mb\":%.1f", cpu, count ? cpu * 1e6 / count : 0, last.rss / 1048576.0);
    if (opt.mode == "idle")
      printf(",\"connect_cpu_us_per_conn\":%.1f,\"kb_per_conn\":%.2f", connected ? (opened.cpu - before.cpu) * 1e6 / connected : 0,
             connected ? (double(last.rss) - double(before.rss)) / 1024.0 / connected : 0);
  }
  if (!first_error.empty()) printf(",\"first_error\":\"%s\"", json_escaped(first_error).c_str());
  printf("}\n");
  return errors ? 1 : 0;
}
