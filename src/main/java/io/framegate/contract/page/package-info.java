/**
 * The contract for people: as Markdown, and as the page at {@code /protocol}. What holds for all messages is in
 * {@link io.framegate.contract.page.Framing}, once for both.
 *
 * <p>Who may call it: ops, and the command line. Begin reading at {@link io.framegate.contract.page.HtmlPage}.
 */
@NullMarked
package io.framegate.contract.page;

import org.jspecify.annotations.NullMarked;
