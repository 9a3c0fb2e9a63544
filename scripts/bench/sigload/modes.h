// What each mode sends, and what it makes of the answers. An answer that is wrong or missing is an error: a server that drops work
// must not look fast.
#pragma once
#include <string>
#include <vector>
#include "connection.h"

static uint64_t deliveries = 0, completions = 0, cycles = 0, items = 0, calls_sent = 0;  // within the measured seconds
static uint64_t all_calls = 0, all_deliveries = 0;  // since the start, warm-up included: every call must have reached every connection
static std::vector<uint32_t> latencies;             // microseconds
static std::string filler;

static uint64_t microseconds_since(uint64_t ns) { return (now_ns() - ns) / 1000; }
static void begin_call(Connection& c, uint64_t sent) { c.calls.push_back({sent}); calls_sent++; all_calls++; }
static uint64_t next_id(const Connection& c) { return c.calls.size(); }

/** The parts of an echo call before and behind its id; empty when it has to be put together each time. */
struct EchoParts { std::string head, tail; };
static EchoParts echo_parts() {
  const std::string payload = filler.substr(0, opt.payload);
  if (opt.flavour == "raw") return {"E" + payload, ""};
  if (opt.flavour == "signalr" && opt.json())
    return {"{\"type\":1,\"invocationId\":\"", "\",\"target\":\"" + opt.target + "\",\"arguments\":[\"" + payload + "\"]}\x1e"};
  return {};
}
/** Copies a large payload once: the server shares caches and memory with this tool, which must not be what is measured. */
static void send_echo(Connection& c) {
  static const EchoParts parts = echo_parts();
  if (parts.head.empty()) c.out += call(opt.target, next_id(c), true, filler.substr(0, opt.payload));
  else {
    const std::string id = parts.tail.empty() ? "" : std::to_string(next_id(c));
    frame_head(c.out, parts.head.size() + id.size() + parts.tail.size(), TEXT);
    c.out.append(parts.head).append(id).append(parts.tail);
  }
  begin_call(c, now_ns());
}

/** A raw broadcast has no reply: its sender knows it by the tag. */
static const size_t TAG_SIZE = 6;
static std::string sender_tag(const Connection& c) {
  char tag[16];
  snprintf(tag, sizeof tag, "#%05u", unsigned(c.index) % 100000);
  return tag;
}
/** The payload begins with the time from which its latency counts. */
static const size_t STAMP_SIZE = 20;
static void send_broadcast(Connection& c, bool reply, uint64_t since) {
  char stamp[24];
  snprintf(stamp, sizeof stamp, "%020" PRIu64, since);
  std::string payload = stamp;
  if (payload.size() < size_t(opt.payload)) payload += filler.substr(0, opt.payload - payload.size());
  bool raw = opt.flavour == "raw";
  if (raw) payload = payload.substr(0, std::max(STAMP_SIZE, payload.size() - TAG_SIZE)) + sender_tag(c);
  c.out += call(opt.broadcast, next_id(c), reply && !raw, payload);
  begin_call(c, since);
}

static void open_stream(Connection& c) {
  c.out += invocation(STREAM_INVOCATION, std::to_string(next_id(c)), opt.counter, {argument(uint64_t(opt.items))});
  begin_call(c, now_ns());
}

/** The server's name for a connection is learned by asking, since there was no negotiation. */
static void send_who_am_i(Connection& c) { c.out += invocation(INVOCATION, "who", "WhoAmI", {}); }
static void send_ask(Connection& c) {
  const Connection& next = connections[(c.index + 1) % connections.size()];
  c.out += invocation(INVOCATION, std::to_string(next_id(c)), opt.ask, {argument(next.connection_id), argument(next_id(c))});
  begin_call(c, now_ns());
}
static uint64_t ask_answer(uint64_t number) { return number + 1; }

static void send_next(Connection& c) {
  if (opt.mode == "echo" || opt.mode == "churn") send_echo(c);
  else if (opt.mode == "broadcast" && opt.rate == 0) send_broadcast(c, true, now_ns());
  else if (opt.mode == "stream") open_stream(c);
  else if (opt.mode == "ask") send_ask(c);
}

static void on_ready(Connection& c) {
  c.state = State::Ready;
  ready++;
  if (opt.mode == "churn") send_echo(c);
  else if (opt.mode == "ask") send_who_am_i(c);
}

/** A Completion, or what is one in the other flavours. */
struct Reply { uint64_t id; bool failed; size_t size; uint64_t result; std::string connection_id; };

static const char* fault_of(const Connection& c, const Reply& reply) {
  if (reply.failed) return "a call failed";
  if (reply.id >= c.calls.size()) return "an answer to no call";
  if ((opt.mode == "echo" || opt.mode == "churn") && reply.size < size_t(opt.payload)) return "an echo shorter than what was sent";
  if (opt.mode == "stream" && c.calls[reply.id].items != opt.items) return "a stream that ended early";
  if (opt.mode == "ask" && reply.result != ask_answer(reply.id)) return "a wrong client result";
  return nullptr;
}

static void on_reply(Connection& c, const Reply& reply) {
  if (opt.mode == "ask" && c.connection_id.empty()) {
    if (reply.connection_id.empty()) note_error("WhoAmI told no connection id: " + c.in.substr(0, 150));
    c.connection_id = reply.connection_id;
    return;
  }
  const char* fault = fault_of(c, reply);
  if (fault) note_error(std::string(fault) + ": " + c.in.substr(0, 150));
  if (measuring) {
    completions++;
    if (opt.mode == "churn") latencies.push_back(microseconds_since(c.opened));
    else if (opt.mode != "broadcast" && !fault) latencies.push_back(microseconds_since(c.calls[reply.id].sent));
  }
  if (!running) return;
  if (opt.mode == "churn") { cycles += measuring; drop(c); }  // run_for opens it again
  else send_next(c);
}

static void on_item(Connection& c, uint64_t id, uint64_t item) {
  if (id >= c.calls.size() || item != uint64_t(c.calls[id].items)) { note_error("a stream item out of order: " + c.in.substr(0, 150)); return; }
  c.calls[id].items++;
  items += measuring;
}

/** The server asks for a client result; `id` is the server's. */
static void on_question(Connection& c, const std::string& id, uint64_t number) { c.out += completion(id, ask_answer(number)); }

static void on_delivery(Connection& c, const char* p, size_t n) {
  all_deliveries++;
  if (!measuring) return;
  deliveries++;
  if ((deliveries & 15) != 0 && c.index >= 8) return;  // a sample is enough
  for (size_t i = 0, digits = 0; i < n && i < 400; i++) {
    digits = p[i] >= '0' && p[i] <= '9' ? digits + 1 : 0;
    if (digits < STAMP_SIZE) continue;
    latencies.push_back(microseconds_since(strtoull(std::string(p + i + 1 - STAMP_SIZE, STAMP_SIZE).c_str(), nullptr, 10)));
    return;
  }
}
