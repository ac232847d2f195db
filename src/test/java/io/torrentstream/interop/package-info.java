/**
 * Downloads from real BitTorrent clients over loopback, with the built jar run as a user runs it.
 *
 * <p>Read {@code SeedMatrixIT} first: every test is "start others, run tsl, compare the files".
 * {@link io.torrentstream.interop.Workspace} hands out folders and ports, {@link
 * io.torrentstream.interop.TestContent} is what is shared, {@link
 * io.torrentstream.interop.RealClient} starts whoever shares it, and {@link
 * io.torrentstream.interop.TslProcess} is tsl. A test whose client is not on this machine prints
 * why and is skipped. Nothing waits for a fixed time: each wait asks for a condition until a
 * deadline.
 */
package io.torrentstream.interop;
