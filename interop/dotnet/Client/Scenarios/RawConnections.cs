using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>The connection below the hubs: bytes in, the same bytes out.</summary>
public static class RawConnections
{
    public static readonly Scenario[] Scenarios =
    [
        new("a connection without hub protocol echoes", async stage =>
        {
            var options = new HttpConnectionOptions
            {
                Url = new Uri(stage.Url, "echo"),
                Transports = stage.Transport,
                DefaultTransferFormat = TransferFormat.Text,
            };
            await using var connection = new HttpConnection(options, NullLoggerFactory.Instance);
            await connection.StartAsync();
            const string Text = "hello, größer world";
            await connection.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(Text));

            var expected = Encoding.UTF8.GetByteCount(Text);
            var result = await connection.Transport.Input.ReadAtLeastAsync(expected);
            Expect.Equal(Text, Encoding.UTF8.GetString(result.Buffer.ToArray()));
        }) { DependsOnProtocol = false },
    ];
}
