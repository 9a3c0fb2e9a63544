// CPU time and memory of the servers, and the CPU time of the load tool itself.
#pragma once
#include <sys/resource.h>
#include <unistd.h>
#include <cstdint>
#include <cstring>
#include <ctime>
#include "options.h"

static uint64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return uint64_t(t.tv_sec) * 1000000000ull + t.tv_nsec;
}

struct Usage { double cpu = 0; uint64_t rss = 0; };

/** Of all --pid processes together, as /proc/PID/stat and statm tell. */
static Usage server_usage() {
  Usage usage;
  for (int pid : opt.pids) {
    char file[64], text[4096];
    snprintf(file, sizeof file, "/proc/%d/stat", pid);
    if (FILE* handle = fopen(file, "r")) {
      text[fread(text, 1, sizeof text - 1, handle)] = 0;
      fclose(handle);
      // The program's name stands in parentheses and may hold anything; the fields are counted from behind it.
      if (char* name_end = strrchr(text, ')')) {
        unsigned long user = 0, system = 0;
        sscanf(name_end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
        usage.cpu += double(user + system) / sysconf(_SC_CLK_TCK);
      }
    }
    snprintf(file, sizeof file, "/proc/%d/statm", pid);
    if (FILE* handle = fopen(file, "r")) {
      unsigned long size = 0, resident = 0;
      if (fscanf(handle, "%lu %lu", &size, &resident) == 2) usage.rss += resident * sysconf(_SC_PAGESIZE);
      fclose(handle);
    }
  }
  return usage;
}

static double own_cpu() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return t.tv_sec + t.tv_usec / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

static void raise_file_limit() {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}
