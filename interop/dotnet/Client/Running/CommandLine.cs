using System.Diagnostics.CodeAnalysis;

namespace Signalbox.Interop.Client.Running;

public sealed class CommandLine
{
    private const string Usage =
        "Usage: SignalRClientScenarios --url http://… [--transport WebSockets|ServerSentEvents|LongPolling] " +
        "[--protocol json|messagepack] [--only PART-OF-NAME] [--refresh] [--list]";

    public Uri Url { get; private set; } = new("http://127.0.0.1:5000");
    public bool List { get; private set; }

    /// <summary>The scenarios of authentication refresh, and no others: they need a server of their own.</summary>
    public bool Refresh { get; private set; }

    private string? _transport;
    private string? _protocol;
    private string? _only;

    public static bool TryParse(
        string[] args,
        [NotNullWhen(true)] out CommandLine? commandLine,
        [NotNullWhen(false)] out string? problem)
    {
        commandLine = new CommandLine();
        problem = null;
        var rest = new Queue<string>(args);
        while (problem is null && rest.TryDequeue(out var flag))
        {
            problem = commandLine.Take(flag, rest) ? null : $"Cannot make sense of {flag}.\n{Usage}";
        }
        return problem is null;
    }

    public bool Selects(Variant variant) =>
        Is(_transport, variant.Transport.ToString())
        && Is(_protocol, variant.Protocol)
        && (_only is null || variant.Name.Contains(_only, StringComparison.OrdinalIgnoreCase));

    private bool Take(string flag, Queue<string> rest)
    {
        if (flag == "--list")
        {
            return List = true;
        }
        if (flag == "--refresh")
        {
            return Refresh = true;
        }
        if (!rest.TryDequeue(out var value))
        {
            return false;
        }
        switch (flag)
        {
            case "--url": return Uri.TryCreate(value, UriKind.Absolute, out var url) && (Url = url) is not null;
            case "--transport": _transport = value; return true;
            case "--protocol": _protocol = value; return true;
            case "--only": _only = value; return true;
            default: return false;
        }
    }

    private static bool Is(string? wanted, string actual) =>
        wanted is null || string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase);
}
