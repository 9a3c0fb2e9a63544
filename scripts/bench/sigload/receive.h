// What is read: the messages of the three flavours, as far as load needs them understood.
#pragma once
#include <cstring>
#include <string>
#include <string_view>
#include "modes.h"

static uint64_t pings = 0;

static const char* find(const char* p, size_t n, std::string_view what) {
  const char* at = (const char*)memmem(p, n, what.data(), what.size());
  return at ? at + what.size() : nullptr;
}

/** Reads properties by searching for them, which is cheap, and safe as payloads hold no quotes. A key is given as it is written: `"type":`. */
struct JsonMessage {
  const char* p; size_t n;
  bool has(std::string_view key) const { return find(p, n, key); }
  uint64_t number(std::string_view key) const {
    const char* at = find(p, n, key);
    return at ? strtoull(at, nullptr, 10) : UINT64_MAX;
  }
  std::string text(std::string_view key) const {
    const char* at = find(p, n, key);
    const char* end = at && *at == '"' ? (const char*)memchr(at + 1, '"', p + n - at - 1) : nullptr;
    return end ? std::string(at + 1, end - at - 1) : "";
  }
};
constexpr std::string_view TYPE = R"("type":)", INVOCATION_ID = R"("invocationId":)", ARGUMENTS = R"("arguments":[)", ITEM = R"("item":)",
                           RESULT = R"("result":)", ERROR = R"("error":)", CONNECTION_ID = R"("ConnectionId":)";
/** All that is looked for stands before the payload, which may have 16 KiB. */
static const size_t HEAD_SIZE = 120;

static uint64_t numeric_id(const std::string& id) { return strtoull(id.c_str(), nullptr, 10); }

static void on_json_message(Connection& c, const char* p, size_t n) {
  const JsonMessage head{p, std::min(n, HEAD_SIZE)};
  switch (head.number(TYPE)) {
    case INVOCATION:
      if (head.has(INVOCATION_ID)) on_question(c, head.text(INVOCATION_ID), head.number(ARGUMENTS));
      else on_delivery(c, p, n);
      break;
    case STREAM_ITEM: on_item(c, numeric_id(head.text(INVOCATION_ID)), head.number(ITEM)); break;
    case COMPLETION:
      on_reply(c, {numeric_id(head.text(INVOCATION_ID)), head.has(ERROR), n, head.number(RESULT), head.text(CONNECTION_ID)});
      break;
    case PING_MESSAGE: pings++; break;
    case CLOSE_MESSAGE: note_error("Close: " + std::string(p, std::min(n, size_t(160)))); break;
    default: note_error("a message of no known type: " + std::string(p, std::min(n, size_t(100))));
  }
}

/** Reads MessagePack in order; the message's length has been checked, what it holds is trusted. */
struct MpReader {
  const unsigned char* p;
  uint64_t big_endian(int bytes) { uint64_t v = 0; while (bytes--) v = v << 8 | *p++; return v; }
  uint64_t integer() {
    unsigned char head = *p++;
    if (head < 0x80) return head;
    // uint 8 to 64 are cc to cf, int 8 to 64 are d0 to d3.
    return head >= 0xcc && head <= 0xd3 ? big_endian(1 << (head & 3)) : UINT64_MAX;
  }
  /** Empty for nil. */
  std::string text() {
    unsigned char head = *p++;
    size_t n = (head & 0xe0) == 0xa0 ? head & 0x1f : head >= 0xd9 && head <= 0xdb ? big_endian(1 << (head - 0xd9)) : 0;
    p += n;
    return std::string((const char*)p - n, n);
  }
};
enum ResultKind { ERROR_RESULT = 1, VOID_RESULT = 2, NON_VOID_RESULT = 3 };

static void on_mp_message(Connection& c, const unsigned char* p, size_t n) {
  MpReader reader{p + 1};
  uint64_t type = reader.integer();
  if (type == INVOCATION || type == STREAM_ITEM || type == COMPLETION) reader.p++;  // the empty map of headers
  switch (type) {
    case INVOCATION: {
      std::string id = reader.text();
      if (id.empty()) { on_delivery(c, (const char*)p, n); break; }
      reader.text();  // target
      reader.p++;     // the array of arguments
      on_question(c, id, reader.integer());
      break;
    }
    case STREAM_ITEM: { uint64_t id = numeric_id(reader.text()); on_item(c, id, reader.integer()); break; }
    case COMPLETION: {
      uint64_t id = numeric_id(reader.text()), kind = reader.integer();
      const char* name = find((const char*)p, std::min(n, HEAD_SIZE), "ConnectionId");
      std::string connection_id = name ? MpReader{(const unsigned char*)name}.text() : "";
      on_reply(c, {id, kind == ERROR_RESULT, n, kind == NON_VOID_RESULT ? reader.integer() : UINT64_MAX, connection_id});
      break;
    }
    case PING_MESSAGE: pings++; break;
    case CLOSE_MESSAGE: note_error("Close (messagepack)"); break;
    default: note_error("a message of no known type (messagepack)");
  }
}

static void on_hub_messages(Connection& c, const char* p, size_t n) {
  const char* end = p + n;
  if (c.state == State::Handshake) {
    const char* separator = (const char*)memchr(p, 0x1e, n);
    if (!separator) { note_error("handshake without a record separator"); return; }
    if (find(p, separator - p, ERROR)) { note_error("handshake: " + std::string(p, separator - p)); drop(c); return; }
    p = separator + 1;
    on_ready(c);
  }
  while (p < end && c.fd >= 0) {
    size_t header = 0, size = 0;
    if (opt.json()) {
      const char* separator = (const char*)memchr(p, 0x1e, end - p);
      if (!separator) { note_error("a partial message in a frame"); return; }
      on_json_message(c, p, separator - p);
      size = separator - p + 1;
    } else {
      for (int shift = 0;; shift += 7) { size |= size_t(p[header] & 0x7f) << shift; if (!(p[header++] & 0x80)) break; }
      if (header + size > size_t(end - p)) { note_error("a partial message in a frame"); return; }
      on_mp_message(c, (const unsigned char*)p + header, size);
    }
    p += header + size;
  }
}

static void on_raw_message(Connection& c, const char* p, size_t n) {
  // Raw sockets keep the order, so the oldest call is the one that was answered.
  if (n == 0 || p[0] != 'B') { on_reply(c, {next_id(c) - opt.window, false, n, 0, ""}); return; }
  on_delivery(c, p, n);
  bool own = c.index < opt.senders && std::string(p + n - TAG_SIZE, TAG_SIZE) == sender_tag(c);
  if (own && running && opt.rate == 0) send_next(c);
}

static void on_socketio_message(Connection& c, const char* p, size_t n) {
  auto begins = [&](const char* with) { return n >= strlen(with) && memcmp(p, with, strlen(with)) == 0; };
  if (begins("2")) { c.out += framed("3", TEXT); pings++; }
  else if (c.state == State::Handshake && begins("0")) c.out += framed("40", TEXT);
  else if (c.state == State::Handshake && begins("40")) on_ready(c);
  else if (begins("43")) on_reply(c, {numeric_id(std::string(p + 2, std::min(n - 2, size_t(20)))), false, n, 0, ""});
  else if (begins("42")) on_delivery(c, p, n);
}

static void on_message(Connection& c, int opcode, const char* p, size_t n) {
  if (opcode == CLOSE) {
    closed++;
    if (closing_is_an_error()) note_error("closed by server: " + (n > 2 ? std::string(p + 2, n - 2) : std::string("code only")));
    drop(c);
  } else if (opcode == PING) frame(c.out, p, n, PONG);
  else if (opcode == PONG) return;
  else if (opt.flavour == "raw") on_raw_message(c, p, n);
  else if (opt.flavour == "socketio") on_socketio_message(c, p, n);
  else on_hub_messages(c, p, n);
}
