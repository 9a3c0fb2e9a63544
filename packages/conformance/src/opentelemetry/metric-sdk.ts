import { type Attributes, metrics } from '@opentelemetry/api'
import { MeterProvider, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics'

class ReaderOnDemand extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The metrics SDK as an application registers it, read when a test asks. */
export class MetricSdk {
  readonly #reader = new ReaderOnDemand()
  readonly #provider = new MeterProvider({ readers: [this.#reader] })

  constructor() {
    metrics.setGlobalMeterProvider(this.#provider)
  }

  /** An instrument with its scope; undefined when it has recorded nothing. */
  async read(name: string): Promise<{ readonly scope: string; readonly data: MetricData } | undefined> {
    const { resourceMetrics } = await this.#reader.collect()
    for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
      const data = metrics.find(({ descriptor }) => descriptor.name === name)
      if (data !== undefined) return { scope: scope.name, data }
    }
    return undefined
  }

  /** What was recorded under each set of tags: a number, or for a histogram how many. */
  async values(name: string): Promise<(readonly [Attributes, number])[]> {
    const points = (await this.read(name))?.data.dataPoints ?? []
    return points.map(({ attributes, value }) => [attributes, typeof value === 'number' ? value : value.count])
  }

  async shutdown(): Promise<void> {
    metrics.disable()
    await this.#provider.shutdown()
  }
}
