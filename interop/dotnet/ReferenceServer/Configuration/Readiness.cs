using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

namespace Signalbox.Interop.Configuration;

/// <summary>
/// Each hub connects and subscribes to Redis in the background. A send waits for that, so once every hub has sent something (to a
/// connection that does not exist), every subscription is in place.
/// </summary>
public sealed class Readiness(
    IServiceProvider services,
    IHubContext<TestHub> test,
    IHubContext<BenchHub> bench,
    IHubContext<ProbeHub> probe,
    IHubContext<AuthorizedHub> authorized)
{
    private readonly IHubClients[] _hubs = [test.Clients, bench.Clients, probe.Clients, authorized.Clients];
    private volatile bool _subscribed;

    public async Task<bool> IsReadyAsync()
    {
        if (services.GetService<RedisMultiplexers>() is not { } multiplexers)
        {
            return true;
        }
        // First, since a send waits many seconds for a Redis that is away.
        if (!multiplexers.AllConnected)
        {
            return false;
        }
        if (!_subscribed)
        {
            _subscribed = await TrySubscribeAsync();
        }
        return _subscribed;
    }

    private async Task<bool> TrySubscribeAsync()
    {
        try
        {
            await Task.WhenAll(_hubs.Select(hub => hub.Client("readiness").SendAsync("Ready")));
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
