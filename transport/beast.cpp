// The compiled part of Beast (BOOST_BEAST_SEPARATE_COMPILATION). Beast's source list includes headers that need Asio's
// TLS declarations, not its definitions.
#include <boost/beast/src.hpp>
