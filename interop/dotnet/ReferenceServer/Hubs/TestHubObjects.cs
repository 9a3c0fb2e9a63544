namespace Signalbox.Interop;

public sealed class CustomObject
{
    public string? Name { get; set; }
    public int Value { get; set; }
}

public sealed class ComplexObject
{
    public static ComplexObject Sample { get; } = new()
    {
        ByteArray = [1, 2, 3],
        DateTime = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Guid = new Guid("00010203-0405-0607-0706-050403020100"),
        IntArray = [1, 2, 3],
        String = "hello world",
    };

    public byte[]? ByteArray { get; set; }
    public DateTime DateTime { get; set; }
    public Guid Guid { get; set; }
    public int[]? IntArray { get; set; }
    public string? String { get; set; }
}
