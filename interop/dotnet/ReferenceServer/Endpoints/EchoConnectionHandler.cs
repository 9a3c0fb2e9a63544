using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Signalbox.Interop.Endpoints;

/// <summary>A connection without hub protocol: whatever comes in goes out again.</summary>
public sealed class EchoConnectionHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var result = await input.ReadAsync();
            if (!result.Buffer.IsEmpty)
            {
                // One write per read: each write becomes one frame or event.
                await output.WriteAsync(result.Buffer.ToArray());
            }
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }
}
