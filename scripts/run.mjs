/**
 * Runs one program from the repository's root and waits for its end. Used by start.mjs, test.mjs and what they call.
 */
import { spawn } from 'node:child_process'
import { repositoryRoot } from './repository.mjs'

const onWindows = process.platform === 'win32'

/**
 * @param {string[]} command - the program and its arguments; nothing passes through a shell.
 * @param {{ quiet?: boolean, limitMs?: number, env?: Record<string, string> }} [options] - `quiet` keeps the output
 * instead of showing it; past `limitMs` the program and all it started are killed; `env` is set besides what is set
 * here. Ctrl-C ends it and us.
 * @returns {Promise<{ exitCode: number, timedOut: boolean, output: string }>} exitCode is -1 when it was killed or
 * could not be started.
 */
export function run([program, ...args], { quiet = false, limitMs, env } = {}) {
  return new Promise(resolve => {
    let output = ''
    let timedOut = false
    const child = spawn(program, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      // A process group of its own, so that the limit also ends servers and browsers the program has started.
      detached: !onWindows,
    })
    const kill = signal => {
      try {
        if (onWindows) child.kill(signal)
        else process.kill(-child.pid, signal)
      } catch {
        // It has just ended by itself.
      }
    }
    const timeOut = () => {
      timedOut = true
      kill('SIGKILL')
    }
    const timer = limitMs === undefined ? undefined : setTimeout(timeOut, limitMs)
    const forward = signal => {
      kill(signal)
      process.exit(signal === 'SIGINT' ? 130 : 143)
    }
    process.on('SIGINT', forward).on('SIGTERM', forward)

    const end = exitCode => {
      clearTimeout(timer)
      process.off('SIGINT', forward).off('SIGTERM', forward)
      resolve({ exitCode, timedOut, output })
    }
    const keep = text => {
      output += text
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('error', error => {
      keep(error.message)
      end(-1)
    })
    child.on('close', exitCode => end(exitCode ?? -1))
  })
}
