package io.framegate.bench.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.internal.PlatformDependent;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Netty with its length-field decoder and, where there is one, its native transport. */
final class NettyPeer {

    enum Mode {
        /** Worked on the event loop. */
        INLINE,
        /** The handler on an executor group: Netty's own way to have a handler that may wait. */
        EXECUTOR_GROUP,
        /** A queue for each connection, drained by a pool, one write for each drain. */
        HAND_OFF
    }

    private static final int MAX_FRAME_BYTES = 100 * 1024 * 1024;

    private NettyPeer() {}

    static void start(int port, Mode mode) throws InterruptedException {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerSocketChannel> type =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, io);
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(), io);
        EventExecutorGroup group = mode == Mode.EXECUTOR_GROUP ? new DefaultEventExecutorGroup(PeerMain.WORKERS) : null;
        ExecutorService pool = mode == Mode.HAND_OFF ? Executors.newFixedThreadPool(PeerMain.WORKERS) : null;
        new ServerBootstrap()
                .group(acceptor, loops)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    @SuppressWarnings(
                            "deprecation") // Still what its users do to keep a slow handler off the event loop.
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new LengthFieldBasedFrameDecoder(
                                        ByteOrder.LITTLE_ENDIAN, MAX_FRAME_BYTES, 4, 4, 0, 0, true));
                        switch (mode) {
                            case INLINE ->
                                channel.pipeline().addLast(new FlushConsolidationHandler(256, true), new Answering());
                            case EXECUTOR_GROUP ->
                                channel.pipeline()
                                        .addLast(new FlushConsolidationHandler(256, true))
                                        .addLast(group, new Answering());
                            case HAND_OFF -> channel.pipeline().addLast(new HandOff(pool));
                        }
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync();
    }

    /** Reads a request and appends its response. */
    private static void answer(ByteBuf request, ByteBuf out) {
        int id = request.readIntLE();
        request.skipBytes(4);
        byte letter = request.readByte();
        int number = request.readIntLE();
        if (id != Welcome.REQUEST_ID || letter != 'N') {
            throw new IllegalArgumentException("not a welcome");
        }
        String text = Welcome.work(number);
        out.writeIntLE(Welcome.RESPONSE_ID);
        out.writeIntLE(Welcome.bodyBytes(text));
        out.writeByte('N');
        out.writeIntLE(text.length());
        for (int i = 0; i < text.length(); i++) {
            out.writeShortLE(text.charAt(i));
        }
    }

    /** On whatever thread the pipeline runs it. */
    private static final class Answering extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf request = (ByteBuf) message;
            try {
                ByteBuf out = context.alloc().ioBuffer(64);
                answer(request, out);
                context.write(out, context.voidPromise());
            } finally {
                request.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** On a pool of its own. */
    private static final class HandOff extends ChannelInboundHandlerAdapter {

        private final ExecutorService pool;
        private final Queue<ByteBuf> requests = PlatformDependent.newMpscQueue();
        private final AtomicBoolean scheduled = new AtomicBoolean();

        HandOff(ExecutorService pool) {
            this.pool = pool;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            requests.add((ByteBuf) message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (!requests.isEmpty() && scheduled.compareAndSet(false, true)) {
                pool.execute(() -> drain(context));
            }
        }

        private void drain(ChannelHandlerContext context) {
            do {
                ByteBuf out = context.alloc().ioBuffer(1024);
                for (ByteBuf request = requests.poll(); request != null; request = requests.poll()) {
                    answer(request, out);
                    request.release();
                }
                context.writeAndFlush(out, context.voidPromise());
                scheduled.set(false);
            } while (!requests.isEmpty() && scheduled.compareAndSet(false, true));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
