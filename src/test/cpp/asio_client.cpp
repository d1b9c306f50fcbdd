// A client as they were written before there was a generated one: Boost.Asio, a connection for each request, one callback
// after the other, structs laid over the bytes. It knows nothing of this project but the page of its protocol.

#include <boost/asio.hpp>
#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

using boost::asio::ip::tcp;

#pragma pack(push, 1)
struct Header {
    std::int32_t id;
    std::int32_t bodySize;
};

struct Welcome {
    std::int32_t number;
};

struct AreaRequest {
    std::int32_t ellipsoid;
    std::int32_t loadType;
    double west, south, east, north;
};
#pragma pack(pop)

using Callback = std::function<void(std::int32_t id, const std::vector<char>& payload)>;

class Request : public std::enable_shared_from_this<Request> {
public:
    template <class Payload>
    static void send(boost::asio::io_context& io, const tcp::endpoint& server, std::int32_t id, const Payload& payload,
                     Callback callback) {
        auto request = std::shared_ptr<Request>(new Request(io, std::move(callback)));
        const Header header{id, static_cast<std::int32_t>(1 + sizeof payload)};
        request->out_.resize(sizeof header + 1 + sizeof payload);
        std::memcpy(request->out_.data(), &header, sizeof header);
        request->out_[sizeof header] = 'N';
        std::memcpy(request->out_.data() + sizeof header + 1, &payload, sizeof payload);
        request->socket_.async_connect(server, [request](const boost::system::error_code& error) {
            request->connected(error);
        });
    }

private:
    Request(boost::asio::io_context& io, Callback callback) : socket_(io), callback_(std::move(callback)) {}

    void connected(const boost::system::error_code& error) {
        if (failed("connect", error)) {
            return;
        }
        boost::asio::async_write(socket_, boost::asio::buffer(out_),
                                 [self = shared_from_this()](const boost::system::error_code& e, std::size_t) {
                                     self->written(e);
                                 });
    }

    void written(const boost::system::error_code& error) {
        if (failed("write", error)) {
            return;
        }
        boost::asio::async_read(socket_, boost::asio::buffer(&header_, sizeof header_),
                                [self = shared_from_this()](const boost::system::error_code& e, std::size_t) {
                                    self->headerRead(e);
                                });
    }

    void headerRead(const boost::system::error_code& error) {
        if (failed("read a header", error)) {
            return;
        }
        body_.resize(static_cast<std::size_t>(header_.bodySize));
        boost::asio::async_read(socket_, boost::asio::buffer(body_),
                                [self = shared_from_this()](const boost::system::error_code& e, std::size_t) {
                                    self->bodyRead(e);
                                });
    }

    void bodyRead(const boost::system::error_code& error) {
        if (failed("read a body", error)) {
            return;
        }
        boost::asio::async_read(socket_, boost::asio::buffer(&after_, 1),
                                [self = shared_from_this()](const boost::system::error_code& e, std::size_t) {
                                    self->ended(e);
                                });
    }

    // The server is done: it has shut down its side of the connection.
    void ended(const boost::system::error_code& error) {
        if (error != boost::asio::error::eof) {
            std::cout << "no end after the answer: " << error.message() << "\n";
            return;
        }
        socket_.close();
        callback_(header_.id, payload());
    }

    std::vector<char> payload() const {
        if (body_[0] == 'N') {
            return std::vector<char>(body_.begin() + 1, body_.end());
        }
        std::int32_t original = 0;
        std::memcpy(&original, body_.data() + 1, sizeof original);
        std::vector<char> payload(static_cast<std::size_t>(original));
        uLongf size = static_cast<uLongf>(original);
        if (body_[0] != 'Z'
            || uncompress(reinterpret_cast<Bytef*>(payload.data()), &size,
                          reinterpret_cast<const Bytef*>(body_.data() + 5), body_.size() - 5) != Z_OK) {
            std::cout << "damaged\n";
        }
        return payload;
    }

    static bool failed(const char* what, const boost::system::error_code& error) {
        if (error) {
            std::cout << "could not " << what << ": " << error.message() << "\n";
        }
        return static_cast<bool>(error);
    }

    tcp::socket socket_;
    Callback callback_;
    std::vector<char> out_;
    Header header_{};
    std::vector<char> body_;
    char after_ = 0;
};

int main(int, char** arguments) {
    boost::asio::io_context io;
    const tcp::endpoint server(boost::asio::ip::address_v4::loopback(),
                               static_cast<unsigned short>(std::stoi(arguments[1])));
    for (std::int32_t i = 0; i < 20; i++) {
        Request::send(io, server, 100101, Welcome{i}, [](std::int32_t id, const std::vector<char>& payload) {
            std::string text;
            for (std::size_t at = 4; at < payload.size(); at += 2) {
                text += payload[at];
            }
            std::cout << id << " " << text << "\n";
        });
    }
    Request::send(io, server, 100601, AreaRequest{0, 0, 9.5, 47.1, 9.55, 47.18},
                  [](std::int32_t id, const std::vector<char>& payload) {
                      std::int32_t count = 0;
                      std::int64_t first = 0;
                      std::memcpy(&count, payload.data(), sizeof count);
                      std::memcpy(&first, payload.data() + sizeof count, sizeof first);
                      std::cout << id << " " << count << " links, the first is " << first << "\n";
                  });
    io.run();
}
