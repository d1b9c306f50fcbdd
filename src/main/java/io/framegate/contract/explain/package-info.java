/**
 * Takes frames apart, byte by byte, by the contract: what each byte is, and where the first one is that can't be.
 *
 * <p>Who may call it: contract's pages, the command line. Begin reading at
 * {@link io.framegate.contract.explain.FrameExplainer}.
 */
@NullMarked
package io.framegate.contract.explain;

import org.jspecify.annotations.NullMarked;
