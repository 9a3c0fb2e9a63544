using Signalbox.Interop.Client.Running;
using Signalbox.Interop.Client.Scenarios;

if (!CommandLine.TryParse(args, out var commandLine, out var problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

Scenario[] scenariosOfEveryVersion =
[
    .. Invocations.Scenarios,
    .. Errors.Scenarios,
    .. Objects.Scenarios,
    .. Values.Scenarios,
    .. Targets.Scenarios,
    .. Streams.Scenarios,
    .. ClientResults.Scenarios,
    .. Requests.Scenarios,
    .. Authentication.Scenarios,
    .. Endings.Scenarios,
    .. Reconnects.Scenarios,
    .. StatefulReconnects.Scenarios,
    .. RawConnections.Scenarios,
];

#if AUTHENTICATION_REFRESH
var scenariosOfRefresh = AuthenticationRefreshes.Scenarios;
#else
Scenario[] scenariosOfRefresh = [];
#endif

var scenarios = commandLine.Refresh ? scenariosOfRefresh : scenariosOfEveryVersion;
var runs = scenarios.SelectMany(scenario => scenario.Variants()).Where(commandLine.Selects).ToArray();
if (commandLine.List)
{
    Array.ForEach(runs, run => Console.WriteLine(run.Name));
    return 0;
}
return await Runner.RunAsync(commandLine.Url, runs) ? 0 : 1;
