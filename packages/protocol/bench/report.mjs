// What the benches of the hub protocols share.

/** Prints the nanoseconds that each candidate takes for one message of so many bytes. */
export function report(name, bytes, candidates) {
  const results = Object.entries(candidates).map(([label, run]) => `${label} ${time(run).toFixed(0).padStart(6)} ns`)
  process.stdout.write(`${name.padEnd(24)} ${String(bytes).padStart(6)} B   ${results.join('   ')}\n`)
}

/** Best of 150 rounds of 2 ms: the machine's other work only ever adds. */
function time(run) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 150; round++) {
    const start = performance.now()
    let runs = 0
    let elapsed = 0
    for (; elapsed < 2; elapsed = performance.now() - start, runs += 64) for (let i = 0; i < 64; i++) run()
    best = Math.min(best, (elapsed * 1e6) / runs)
  }
  return best
}
