package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.torrentstream.metainfo.Block;
import java.util.List;
import java.util.function.Consumer;

/**
 * Blocks to be read together.
 *
 * @param blocks of one piece that we have; not changed any more
 * @param gap bytes left free before each block's data
 * @param answer gets a buffer that it owns, for each block the gap and its data; not called when
 *     the disk fails or the torrent stops
 */
public record BlockRead(
    List<Block> blocks, int gap, ByteBufAllocator alloc, Consumer<ByteBuf> answer) {}
