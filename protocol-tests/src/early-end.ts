/** Asks a run to end before all of its checks have run. */
export class EarlyEnd {
  readonly asked: Promise<void>
  #isAsked = false
  #resolve: () => void = () => {}

  constructor() {
    this.asked = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  get isAsked(): boolean {
    return this.#isAsked
  }

  ask(): void {
    this.#isAsked = true
    this.#resolve()
  }
}
