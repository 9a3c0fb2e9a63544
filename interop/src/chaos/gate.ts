/** Actors pass while it is open. Closing it waits until none of them is inside. */
export class Gate {
  #inside = 0
  #isOpen = false
  readonly #waiting = new Set<() => void>()
  #onEmpty = () => {}

  async pass(act: () => Promise<void>): Promise<void> {
    while (!this.#isOpen) await new Promise<void>(resolve => this.#waiting.add(resolve))
    this.#inside++
    try {
      await act()
    } finally {
      if (--this.#inside === 0) this.#onEmpty()
    }
  }

  open(): void {
    this.#isOpen = true
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  async close(): Promise<void> {
    this.#isOpen = false
    if (this.#inside > 0)
      await new Promise<void>(resolve => {
        this.#onEmpty = resolve
      })
  }
}
