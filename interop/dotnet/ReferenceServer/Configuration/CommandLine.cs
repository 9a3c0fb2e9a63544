using System.Diagnostics.CodeAnalysis;

namespace Signalbox.Interop.Configuration;

/// <summary>The flags of the reference server; the TypeScript one takes the same.</summary>
public sealed class CommandLine
{
    private const string Usage =
        "Usage: ReferenceServer [--port N] [--https-port N] [--redis URL] [--channel-prefix P] " +
        "[--no-detailed-errors] [--set option=value …]";

    public int Port { get; private set; }
    public int? HttpsPort { get; private set; }
    public string? Redis { get; private set; }
    public string? ChannelPrefix { get; private set; }
    public Settings Settings { get; } = new();

    public static bool TryParse(
        string[] args,
        [NotNullWhen(true)] out CommandLine? commandLine,
        [NotNullWhen(false)] out string? problem)
    {
        try
        {
            commandLine = Parse(args);
            problem = null;
            return true;
        }
        catch (FormatException error)
        {
            commandLine = null;
            problem = $"{error.Message}\n{Usage}";
            return false;
        }
    }

    private static CommandLine Parse(string[] args)
    {
        var commandLine = new CommandLine();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var flag))
        {
            commandLine.Take(flag, () => rest.TryDequeue(out var value) ? value : throw new FormatException($"{flag} needs a value."));
        }
        return commandLine;
    }

    private void Take(string flag, Func<string> value)
    {
        switch (flag)
        {
            case "--port": Port = ParsePort(value()); break;
            case "--https-port": HttpsPort = ParsePort(value()); break;
            case "--redis": Redis = value(); break;
            case "--channel-prefix": ChannelPrefix = value(); break;
            case "--no-detailed-errors": Settings.Set("enableDetailedErrors", "false"); break;
            case "--set": SetOption(value()); break;
            default: throw new FormatException($"Unknown flag {flag}.");
        }
    }

    private void SetOption(string assignment)
    {
        var parts = assignment.Split('=', 2);
        if (parts.Length != 2)
        {
            throw new FormatException($"--set takes option=value, not '{assignment}'.");
        }
        Settings.Set(parts[0], parts[1]);
    }

    private static int ParsePort(string text) =>
        ushort.TryParse(text, out var port) ? port : throw new FormatException($"'{text}' is not a port.");
}
