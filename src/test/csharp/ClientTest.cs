// The generated client at work, for CsharpClientTest: what it prints is compared there.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Framegate;

public static class ClientTest
{
    public static void Main(string[] arguments)
    {
        Console.OutputEncoding = new System.Text.UTF8Encoding(false);
        switch (arguments[0])
        {
            case "round-trips":
                RoundTrips(arguments[1]);
                break;
            case "asks":
                Asks(int.Parse(arguments[1]), arguments[2] == "" ? null : arguments[2]);
                break;
            case "nobody-there":
                Told(new Client("127.0.0.1", 1));
                break;
            case "silence":
                var options = new ClientOptions { Timeout = TimeSpan.FromMilliseconds(100) };
                Told(new Client("127.0.0.1", int.Parse(arguments[1]), options));
                break;
            case "hello":
                Told(new Client("127.0.0.1", int.Parse(arguments[1]), new ClientOptions { HelloAs = "csharp" }));
                break;
            case "notices":
                Notices(int.Parse(arguments[1]));
                break;
            case "tls":
                var secured = new ClientOptions { Tls = true };
                Told(new Client("localhost", int.Parse(arguments[1]), secured));
                secured.CheckCertificate = (sender, certificate, chain, errors) => certificate.Subject.Length > 0;
                Told(new Client("localhost", int.Parse(arguments[1]), secured));
                break;
            case "damaged":
                Damaged(arguments.Skip(1));
                break;
        }
    }

    // Each line of the file has a frame that is not compressed and one that may be, of the same message.
    private static void RoundTrips(string file)
    {
        int count = 0;
        foreach (string line in File.ReadLines(file))
        {
            string[] words = line.Split(' ');
            IMessage message = Frame.Decode(Bytes(words[1]));
            Same(words[0], Frame.Encode(message));
            Same(words[0], Frame.Encode(Frame.Decode(Frame.Encode(message, 0))));
            count++;
        }
        Console.WriteLine(count);
    }

    private static void Same(string expected, byte[] frame)
    {
        if (Frame.Decode(frame) == null || !Bytes(expected).SequenceEqual(frame))
        {
            throw new InvalidOperationException("not the same again: " + expected);
        }
    }

    private static void Asks(int port, string hello)
    {
        using (var client = new Client("127.0.0.1", port, new ClientOptions { HelloAs = hello }))
        {
            Console.WriteLine(client.Send(new WelcomeRequest { Number = 7 }).Text);
            Console.WriteLine(client.Agreed == null ? "no hello" : client.Agreed.Server);
            var all = new List<string>();
            client.SendAll(
                Enumerable.Range(0, 40).Select(i => new WelcomeRequest { Number = i }).ToArray(),
                (WelcomeResponse answer) => all.Add(answer.Text));
            Console.WriteLine(string.Join(",", all));
            try
            {
                client.SendAsync(LinksAround(9.5)).GetAwaiter().GetResult();
            }
            catch (RefusedException no)
            {
                Console.WriteLine("Refused " + no.Message + " " + (no.Code?.ToString() ?? "no code") + " "
                    + (no.RetryAfter?.ToString() ?? "no time"));
            }
            foreach (Link link in client.Send(LinksAround(0)).Items)
            {
                double[] first = link.DecodedPoints()[0];
                Console.WriteLine(string.Format(
                    CultureInfo.InvariantCulture,
                    "{0} {1} {2} {3} {4} {5}",
                    link.Id,
                    link.RoadClass,
                    link.Name,
                    first[0],
                    first[1],
                    Link.EncodePoints(link.DecodedPoints()).SequenceEqual(link.Points)));
            }
        }
    }

    private static LoadLinksByArea LinksAround(double west)
    {
        return new LoadLinksByArea
        {
            Area = new Area { Ellipsoid = Ellipsoid.Wgs84, West = west, South = 47.10, East = 9.55, North = 47.18 },
        };
    }

    private static void Told(Client client)
    {
        using (client)
        {
            try
            {
                Console.WriteLine(client.Send(new WelcomeRequest { Number = 1 }).Text);
            }
            catch (RefusedException no)
            {
                Console.WriteLine("Refused " + no.Message);
            }
            catch (FramegateException error)
            {
                Console.WriteLine(error.GetType().Name + ": " + error.Message);
            }
        }
    }

    private static void Notices(int port)
    {
        var options = new ClientOptions { HelloAs = "csharp", Notices = true, Timeout = TimeSpan.FromSeconds(10) };
        using (var client = new Client("127.0.0.1", port, options))
        {
            Print(client.WaitForNotice(TimeSpan.FromMilliseconds(20)));
            Console.WriteLine(client.Send(LinksAround(1)).Items.Count + " links");
            for (int i = 0; i < 3; i++)
            {
                Print(client.WaitForNotice(TimeSpan.FromSeconds(10)));
            }
            Print(client.WaitForNotice(TimeSpan.FromMilliseconds(20)));
            Console.WriteLine(client.Send(new WelcomeRequest { Number = 7 }).Text);
        }
    }

    private static void Print(IMessage notice)
    {
        Console.WriteLine(notice == null ? "nothing" : ((DrainNotice)notice).MillisLeft.ToString());
    }

    private static void Damaged(IEnumerable<string> frames)
    {
        foreach (string frame in frames)
        {
            try
            {
                Frame.Decode(Bytes(frame));
                Console.WriteLine("accepted");
            }
            catch (MalformedAnswerException error)
            {
                Console.WriteLine(error.Message);
            }
        }
    }

    private static byte[] Bytes(string hex)
    {
        byte[] bytes = new byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
        }
        return bytes;
    }
}
