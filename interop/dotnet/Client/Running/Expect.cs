using System.Text.Json;

namespace Signalbox.Interop.Client.Running;

public sealed class ExpectationException(string message) : Exception(message);

public static class Expect
{
    /// <summary>Compares what the values look like as JSON, so that lists and objects compare by content.</summary>
    public static void Equal<T>(T expected, T actual)
    {
        var (wanted, got) = (JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
        if (wanted != got)
        {
            throw new ExpectationException($"expected {wanted}, got {got}");
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new ExpectationException($"expected {what}");
        }
    }

    public static async Task<TException> Throws<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action();
        }
        catch (TException error)
        {
            return error;
        }
        throw new ExpectationException($"expected {typeof(TException).Name}, but nothing was thrown");
    }

    public static async Task Throws<TException>(string message, Func<Task> action)
        where TException : Exception =>
        Equal(message, (await Throws<TException>(action)).Message);
}
