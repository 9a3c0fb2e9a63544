// What is written: WebSocket frames and the messages of the three flavours. Pure: text in, bytes out.
#pragma once
#include <cinttypes>
#include <cstdint>
#include <string>
#include "options.h"

enum Opcode { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

/** Masked with a zero key: legal, and free. */
static void frame_head(std::string& out, size_t n, int opcode) {
  out.push_back(char(0x80 | opcode));
  if (n < 126) out.push_back(char(0x80 | n));
  else if (n < 65536) { out.push_back(char(0x80 | 126)); out.push_back(char(n >> 8)); out.push_back(char(n)); }
  else { out.push_back(char(0x80 | 127)); for (int i = 7; i >= 0; i--) out.push_back(char(uint64_t(n) >> (8 * i))); }
  out.append(4, '\0');
}
static void frame(std::string& out, const char* body, size_t n, int opcode) {
  frame_head(out, n, opcode);
  out.append(body, n);
}
static std::string framed(const std::string& body, int opcode) {
  std::string out;
  frame(out, body.data(), body.size(), opcode);
  return out;
}

static std::string mp_str(const std::string& s) {
  size_t n = s.size();
  std::string out;
  if (n < 32) out.push_back(char(0xa0 | n));
  else if (n < 256) { out.push_back(char(0xd9)); out.push_back(char(n)); }
  else { out.push_back(char(0xda)); out.push_back(char(n >> 8)); out.push_back(char(n)); }
  return out + s;
}
static std::string mp_int(uint64_t v) {
  if (v < 128) return std::string(1, char(v));
  std::string out(1, char(0xce));
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(char(v >> shift));
  return out;
}
static std::string json_str(const std::string& s) { return "\"" + s + "\""; }

/** One argument in the chosen hub protocol. No text that is sent needs JSON's escapes. */
static std::string argument(const std::string& s) { return opt.json() ? json_str(s) : mp_str(s); }
static std::string argument(uint64_t v) { return opt.json() ? std::to_string(v) : mp_int(v); }

static std::string json_message(const std::string& fields) { return framed("{" + fields + "}\x1e", TEXT); }
static std::string mp_message(const std::string& body) {
  std::string prefixed;
  size_t n = body.size();
  do { unsigned char c = n & 0x7f; n >>= 7; if (n) c |= 0x80; prefixed.push_back(char(c)); } while (n);
  return framed(prefixed + body, BINARY);
}

enum HubMessage { INVOCATION = 1, STREAM_ITEM = 2, COMPLETION = 3, STREAM_INVOCATION = 4, PING_MESSAGE = 6, CLOSE_MESSAGE = 7 };

/** Invocation or StreamInvocation; no `id` when no answer is wanted. `arguments` are of `argument`. */
static std::string invocation(HubMessage type, const std::string& id, const std::string& target, const std::vector<std::string>& arguments) {
  std::string list;
  if (opt.json()) {
    for (auto& each : arguments) list += (list.empty() ? "" : ",") + each;
    return json_message("\"type\":" + std::to_string(type) + (id.empty() ? "" : ",\"invocationId\":" + json_str(id)) +
                        ",\"target\":" + json_str(target) + ",\"arguments\":[" + list + "]");
  }
  for (auto& each : arguments) list += each;
  return mp_message(std::string("\x96") + char(type) + "\x80" + (id.empty() ? "\xc0" : mp_str(id)) + mp_str(target) +
                    char(0x90 | arguments.size()) + list + "\x90");
}
/** The answer to a client result. */
static std::string completion(const std::string& id, uint64_t result) {
  if (opt.json()) return json_message("\"type\":3,\"invocationId\":" + json_str(id) + ",\"result\":" + argument(result));
  return mp_message("\x95\x03\x80" + mp_str(id) + "\x03" + argument(result));
}
static std::string hub_ping() { return opt.json() ? json_message("\"type\":6") : mp_message("\x91\x06"); }

/** A call with one text, in any flavour. */
static std::string call(const std::string& target, uint64_t id, bool want_reply, const std::string& text) {
  if (opt.flavour == "raw") return framed((want_reply ? "E" : "B") + text, TEXT);
  if (opt.flavour == "socketio")
    return framed("42" + (want_reply ? std::to_string(id) : "") + "[" + json_str(target) + "," + json_str(text) + "]", TEXT);
  return invocation(INVOCATION, want_reply ? std::to_string(id) : "", target, {argument(text)});
}

static std::string handshake() { return framed("{\"protocol\":\"" + opt.proto + "\",\"version\":1}\x1e", opt.json() ? TEXT : BINARY); }

static std::string upgrade_request(int port) {
  std::string path = opt.flavour == "socketio" ? "/socket.io/?EIO=4&transport=websocket" : opt.path;
  if (!opt.query.empty()) path += (path.find('?') == std::string::npos ? "?" : "&") + opt.query;
  return "GET " + path + " HTTP/1.1\r\nHost: " + opt.host + ":" + std::to_string(port) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
}
