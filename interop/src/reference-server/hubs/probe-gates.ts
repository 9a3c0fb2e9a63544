interface Gate {
  readonly opened: Promise<void>
  readonly open: () => void
}

/** Lets one connection hold a hub method until another releases it, so that no test depends on time. */
export class ProbeGates {
  readonly #gates = new Map<string, Gate>()

  wait(key: string): Promise<void> {
    return this.#gate(key).opened
  }

  /** For those who wait now and for those who will. */
  release(key: string): void {
    this.#gate(key).open()
  }

  #gate(key: string): Gate {
    let gate = this.#gates.get(key)
    if (gate === undefined) {
      let open = () => {}
      const opened = new Promise<void>(resolve => {
        open = resolve
      })
      gate = { opened, open }
      this.#gates.set(key, gate)
    }
    return gate
  }
}
