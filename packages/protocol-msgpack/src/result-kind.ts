/** What a completion carries. @source dotnet/aspnetcore: MessagePackHubProtocolWorker.cs */
export const ResultKind = {
  Error: 1,
  Void: 2,
  NonVoid: 3,
} as const
