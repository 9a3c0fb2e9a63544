// The command line.
#pragma once
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

struct Options {
  std::string host = "127.0.0.1", path = "/chat", mode = "echo", flavour = "signalr", proto = "json";
  std::string target = "Echo", broadcast = "Broadcast", counter = "Counter", ask = "AskConnection", query;
  int conns = 100, payload = 32, window = 1, items = 100, sources = 1, senders = 1, rate = 0, ramp = 500;
  double seconds = 5, warmup = 1, drain = 10;
  std::vector<int> ports = {5000}, pids;

  bool json() const { return proto == "json"; }
};
static Options opt;

static const char* HELP =
"sigload --ports P[,Q] [--host 127.0.0.1] [--path /chat] [--query k=v&..]\n"
"  --ports P[,Q]                     the nodes of one application; connections go to them in turn\n"
"  --flavour signalr|raw|socketio    what the frames speak (default signalr)\n"
"  --proto json|messagepack          hub protocol of the signalr flavour (default json)\n"
"  --mode echo|broadcast|stream|ask|idle|churn  (default echo; stream and ask: signalr only)\n"
"     echo       every connection keeps --window calls of --target(payload) outstanding; counts completions\n"
"     broadcast  --senders connections keep --window calls of --broadcast(payload) outstanding, or send --rate calls/s\n"
"                in all; every connection gets each one as a client call; counts deliveries\n"
"     stream     every connection keeps --window streams of --counter(--items) open; counts items, times whole streams\n"
"     ask        every connection keeps --window calls of --ask(connection id, number) outstanding, which has the server\n"
"                ask the next connection for a client result: the number plus one; counts completions\n"
"     idle       opens the connections, waits --seconds, and reports memory per connection (with --pid)\n"
"     churn      connect, handshake, one echo, close, again, --conns at once; counts whole cycles, times them from connect\n"
"  --conns N --payload BYTES --window W --items I --senders S --rate R --seconds S --warmup S --ramp CONNECTS_AT_ONCE\n"
"  --drain S     how long broadcasts may still arrive after the measured seconds before they count as lost (10)\n"
"  --target Echo --broadcast Broadcast --counter Counter --ask AskConnection   hub methods (socketio: event names)\n"
"  --sources K   bind client sockets to 127.0.0.1..K in turn (past 28,000 connections)\n"
"  --pid PID[,PID]  server processes to account (CPU seconds, resident set)\n";

static std::vector<int> numbers(const std::string& list) {
  std::vector<int> all;
  for (size_t at = 0; at < list.size();) {
    size_t comma = std::min(list.find(',', at), list.size());
    all.push_back(atoi(list.substr(at, comma - at).c_str()));
    at = comma + 1;
  }
  return all;
}

static void parse_options(int argc, char** argv) {
  using Set = std::function<void(const std::string&)>;
  auto text = [](std::string& to) -> Set { return [&to](const std::string& v) { to = v; }; };
  auto whole = [](int& to) -> Set { return [&to](const std::string& v) { to = atoi(v.c_str()); }; };
  auto real = [](double& to) -> Set { return [&to](const std::string& v) { to = atof(v.c_str()); }; };
  auto list = [](std::vector<int>& to) -> Set { return [&to](const std::string& v) { to = numbers(v); }; };
  const std::map<std::string, Set> known = {
      {"--host", text(opt.host)}, {"--path", text(opt.path)}, {"--query", text(opt.query)}, {"--ports", list(opt.ports)},
      {"--mode", text(opt.mode)}, {"--flavour", text(opt.flavour)}, {"--proto", text(opt.proto)},
      {"--target", text(opt.target)}, {"--broadcast", text(opt.broadcast)}, {"--counter", text(opt.counter)}, {"--ask", text(opt.ask)},
      {"--conns", whole(opt.conns)}, {"--payload", whole(opt.payload)}, {"--window", whole(opt.window)}, {"--items", whole(opt.items)},
      {"--senders", whole(opt.senders)}, {"--rate", whole(opt.rate)}, {"--ramp", whole(opt.ramp)}, {"--sources", whole(opt.sources)},
      {"--seconds", real(opt.seconds)}, {"--warmup", real(opt.warmup)}, {"--drain", real(opt.drain)}, {"--pid", list(opt.pids)},
  };
  for (int i = 1; i < argc; i++) {
    if (std::string(argv[i]) == "--help") { fputs(HELP, stdout); exit(0); }
    auto option = known.find(argv[i]);
    if (option == known.end() || i + 1 >= argc) {
      fprintf(stderr, option == known.end() ? "unknown option %s\n" : "%s needs a value\n", argv[i]);
      fputs(HELP, stderr);
      exit(2);
    }
    option->second(argv[++i]);
  }
  opt.senders = std::min(opt.senders, opt.conns);
}
