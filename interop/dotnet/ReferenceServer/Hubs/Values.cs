namespace Signalbox.Interop;

/// <summary>Values that JavaScript has no type of its own for: their digits and their types must come through all the same.</summary>
public sealed class Values
{
    public long Long { get; set; }
    public ulong UnsignedLong { get; set; }
    public DateTime[]? Times { get; set; }
    public Dictionary<int, string>? Numbers { get; set; }
    public Dictionary<bool, string>? Flags { get; set; }
    public Dictionary<DateTime, double>? Days { get; set; }
}
