import { readFileSync } from 'node:fs'

const page = readFileSync(new URL('../../../docs/behind-a-proxy.md', import.meta.url), 'utf8')

/** A configuration as users read it in docs/behind-a-proxy.md, by the name that its first line has. */
export function configurationOf(name: string): string {
  for (const [, text = ''] of page.matchAll(/^```\w+\n(.*?)^```$/gms))
    if (new RegExp(`^(?:#|//) ${name.replaceAll('.', '\\.')}\\b`).test(text)) return text
  throw new Error(`docs/behind-a-proxy.md has no configuration ${name}.`)
}

/**
 * Puts in what only a test knows: ports, files, shorter times. What is not there cannot be changed, which is an error.
 */
export function change(configuration: string, changes: Readonly<Record<string, string>>): string {
  let changed = configuration
  for (const [from, to] of Object.entries(changes)) {
    if (!changed.includes(from)) throw new Error(`There is no '${from}' to change in:\n${configuration}`)
    changed = changed.replaceAll(from, to)
  }
  return changed
}

/** @param ports - those of a configuration, and where its servers really listen. */
export const atPorts = (ports: Readonly<Record<number, number>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(ports).map(([own, real]) => [`127.0.0.1:${own}`, `127.0.0.1:${real}`]))
