/** Resolves as soon as something is so. A test whose something never comes to be ends by its time-out. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 2))
}
