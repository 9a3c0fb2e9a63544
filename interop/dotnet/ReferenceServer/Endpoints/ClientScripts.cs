using System.Text.Json;

namespace Signalbox.Interop.Endpoints;

/// <summary>The official browser scripts, served from the npm packages of the repository so that pages need no other server.</summary>
public static class ClientScripts
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["/lib/signalr/signalr.js"] = "@microsoft/signalr/dist/browser/signalr.js",
        ["/lib/signalr/signalr-protocol-msgpack.js"] = "@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.js",
        ["/lib/signalr-webworker/signalr.js"] = "@microsoft/signalr/dist/webworker/signalr.js",
    };

    public static void MapClientScripts(this WebApplication app)
    {
        if (FindRepositoryRoot(AppContext.BaseDirectory) is not { } root)
        {
            return;
        }
        foreach (var (path, file) in Scripts)
        {
            var script = Path.Combine(root, "node_modules", file);
            app.MapGet(path, () => File.Exists(script) ? Results.File(script, "text/javascript") : Results.NotFound());
        }
    }

    /// <summary>The nearest folder upwards whose package.json declares npm workspaces: there npm installs the packages.</summary>
    private static string? FindRepositoryRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, "package.json");
            if (File.Exists(manifest) && DeclaresWorkspaces(manifest))
            {
                return folder.FullName;
            }
        }
        return null;
    }

    private static bool DeclaresWorkspaces(string manifest)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        return json.RootElement.TryGetProperty("workspaces", out _);
    }
}
