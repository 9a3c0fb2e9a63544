/** Errors named as in .NET: detailed texts show the name. */

export class ArgumentNullException extends Error {
  constructor(parameterName: string) {
    super(`Value cannot be null. (Parameter '${parameterName}')`)
  }
}

export class InvalidOperationException extends Error {}

export class FormatException extends Error {}

export class NotSupportedException extends Error {}
