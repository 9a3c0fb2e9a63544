using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

namespace Signalbox.Interop.Configuration;

public static class RedisBackplane
{
    private const int DefaultPort = 6379;

    public static void AddRedisBackplane(this ISignalRServerBuilder signalR, string url, string? channelPrefix)
    {
        var multiplexers = new RedisMultiplexers();
        signalR.Services.AddSingleton(multiplexers);
        signalR.AddStackExchangeRedis(redis => redis.ConnectionFactory = async log =>
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configure(url, channelPrefix), log);
            multiplexers.Add(multiplexer);
            return multiplexer;
        });
    }

    private static ConfigurationOptions Configure(string url, string? channelPrefix)
    {
        var address = new Uri(url.Contains("://") ? url : $"redis://{url}");
        var options = new ConfigurationOptions
        {
            // As in SignalR's own default: a node that starts before Redis waits for it.
            AbortOnConnectFail = false,
            Ssl = address.Scheme == "rediss",
        };
        options.EndPoints.Add(address.Host, address.IsDefaultPort || address.Port < 0 ? DefaultPort : address.Port);
        if (address.UserInfo.Split(':', 2) is [_, var password])
        {
            options.Password = Uri.UnescapeDataString(password);
        }
        if (channelPrefix is not null)
        {
            options.ChannelPrefix = RedisChannel.Literal(channelPrefix);
        }
        return options;
    }
}

/// <summary>The connections to Redis: SignalR opens one per hub.</summary>
public sealed class RedisMultiplexers
{
    private readonly List<IConnectionMultiplexer> _multiplexers = [];

    public bool AllConnected
    {
        get
        {
            lock (_multiplexers)
            {
                return _multiplexers.Count > 0 && _multiplexers.TrueForAll(multiplexer => multiplexer.IsConnected);
            }
        }
    }

    public void Add(IConnectionMultiplexer multiplexer)
    {
        lock (_multiplexers)
        {
            _multiplexers.Add(multiplexer);
        }
    }
}
