/**
 * Programs from outside npm which some tests need: finds them, and on Debian installs what is missing. Called by
 * test.mjs.
 */
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'

/** @type {Record<string, { commands: string[], debianPackage?: string }>} */
export const systemTools = {
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
  nginx: { commands: ['nginx'], debianPackage: 'nginx-light' },
  haproxy: { commands: ['haproxy'], debianPackage: 'haproxy' },
  'redis-server': { commands: ['redis-server'], debianPackage: 'redis-server' },
  // The .NET SDK is not in Debian; its installation is left to whoever owns the machine.
  dotnet: { commands: ['dotnet'] },
}

/**
 * Installs what Debian has of these tools, when this is Debian and we are root.
 * @returns {Promise<string[]>} what is still missing.
 */
export async function provideTools(names) {
  const missing = names.filter(name => !isInstalled(name))
  const packages = missing.map(name => systemTools[name].debianPackage).filter(name => name !== undefined)
  if (packages.length === 0 || !isDebian() || process.getuid?.() !== 0) return missing
  console.log(`Installing ${packages.join(' and ')} with apt-get …`)
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  for (const args of [['update'], install]) {
    const { exitCode, output } = await run(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], {
      quiet: true,
    })
    if (exitCode !== 0) console.error(`apt-get ${args[0]} failed:\n${output}`)
  }
  return missing.filter(name => !isInstalled(name))
}

function isInstalled(name) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const endings = process.platform === 'win32' ? ['.exe'] : ['']
  return systemTools[name].commands.some(command =>
    folders.some(folder => endings.some(ending => isExecutable(join(folder, command + ending)))),
  )
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}
