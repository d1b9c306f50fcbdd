// The generated header at work, for CppClientTest: what it prints is compared there.

#include "framegate.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace framegate;

namespace {

Bytes bytes_of(const std::string& hex) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

// Each line of the file has a frame that is not compressed and one that may be, of the same message.
void round_trips(const char* file) {
    std::ifstream in(file);
    std::string plain;
    std::string sealed;
    int count = 0;
    while (in >> plain >> sealed) {
        visit(bytes_of(sealed), [&](const auto& message) {
            if (encode(message) != bytes_of(plain)) {
                throw std::runtime_error("not the same again: " + plain);
            }
            visit(encode(message, 0), [&](const auto& again) {
                if (encode(again) != bytes_of(plain)) {
                    throw std::runtime_error("not the same after compression: " + plain);
                }
            });
        });
        count++;
    }
    std::cout << count << "\n";
}

LoadLinksByArea links_around(double west) {
    LoadLinksByArea request;
    request.area.ellipsoid = Ellipsoid::Wgs84;
    request.area.west = west;
    request.area.south = 47.10;
    request.area.east = 9.55;
    request.area.north = 47.18;
    return request;
}

void asks(std::uint16_t port, const std::string& hello) {
    Client::Options options;
    options.timeout = std::chrono::seconds(10);
    options.hello_as = hello;
    Client client("127.0.0.1", port, options);
    WelcomeRequest welcome;
    welcome.number = 7;
    std::cout << client.send(welcome).text << "\n";
    std::cout << (client.agreed() ? client.agreed()->server : "no hello") << "\n";
    std::vector<WelcomeRequest> many(40);
    for (int i = 0; i < 40; i++) {
        many[static_cast<std::size_t>(i)].number = i;
    }
    client.send_all(many, [](const WelcomeResponse& answer) { std::cout << answer.text << ","; });
    std::cout << "\n";
    try {
        client.send(links_around(9.5));
    } catch (const Refused& no) {
        std::cout << "Refused " << no.what() << " " << (no.code() ? name(*no.code()) : "no code") << " "
                  << (no.retry_after() ? no.retry_after()->count() : -1) << "\n";
    }
    const Links links = client.send(links_around(0));
    for (const Link& link : links.links) {
        const auto first = link.decoded_points().front();
        std::cout << link.id << " " << name(link.road_class) << " " << link.name << " " << first[0] << " " << first[1]
                  << " " << (Link::encode_points(link.decoded_points()) == link.points) << "\n";
    }
}

void nobody_there() {
    Client client("127.0.0.1", 1);
    try {
        client.send(WelcomeRequest());
    } catch (const NoConnection& error) {
        std::cout << error.what() << "\n";
    }
}

void silence(std::uint16_t port) {
    Client::Options options;
    options.timeout = std::chrono::milliseconds(100);
    Client client("127.0.0.1", port, options);
    try {
        client.send(WelcomeRequest());
    } catch (const NoAnswerInTime&) {
        std::cout << "NoAnswerInTime\n";
    }
}

void hello(std::uint16_t port) {
    Client::Options options;
    options.timeout = std::chrono::seconds(10);
    options.hello_as = "cpp";
    Client client("127.0.0.1", port, options);
    try {
        std::cout << client.send(WelcomeRequest()).text << "\n";
    } catch (const Refused& no) {
        std::cout << "Refused " << no.what() << "\n";
    }
}

void damaged(int count, char** frames) {
    for (int i = 0; i < count; i++) {
        try {
            decode<Links>(bytes_of(frames[i]));
            std::cout << "accepted\n";
        } catch (const MalformedAnswer& error) {
            std::cout << error.what() << "\n";
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::string what = arguments[1];
    if (what == "round-trips") {
        round_trips(arguments[2]);
    } else if (what == "asks") {
        asks(static_cast<std::uint16_t>(std::stoi(arguments[2])), arguments[3]);
    } else if (what == "nobody-there") {
        nobody_there();
    } else if (what == "silence") {
        silence(static_cast<std::uint16_t>(std::stoi(arguments[2])));
    } else if (what == "hello") {
        hello(static_cast<std::uint16_t>(std::stoi(arguments[2])));
    } else if (what == "damaged") {
        damaged(count - 2, arguments + 2);
    }
}
