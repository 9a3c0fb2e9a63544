/** Errors named as in .NET: detailed texts show the name. */

export class InvalidOperationException extends Error {}

export class FormatException extends Error {}

export class NotSupportedException extends Error {}
