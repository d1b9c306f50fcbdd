/**
 * The peers: what a developer would write instead of a worker behind the gate, each at its best settings. All speak the
 * wire protocol's {@code N} envelope, decode the request, make the same text, and encode it. Begin reading at
 * {@link io.framegate.bench.peer.PeerMain}.
 */
@NullMarked
package io.framegate.bench.peer;

import org.jspecify.annotations.NullMarked;
