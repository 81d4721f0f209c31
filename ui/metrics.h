#pragma once
// Lengths in logical pixels. Lengths that hold text grow with the text
// (they are computed from font metrics where they are used); these do not.
namespace tacet::ui::metrics {

inline constexpr int kWindowMinWidth = 360;
inline constexpr int kWindowMinHeight = 480;
inline constexpr int kWindowWidth = 1080;
inline constexpr int kWindowHeight = 720;
inline constexpr int kBreakOne = 680;   ///< below: one column
inline constexpr int kBreakInfo = 1060; ///< from here on: a third column may stand beside the chat

inline constexpr int kRail = 60;
inline constexpr int kBottomBar = 52;
inline constexpr int kRailButton = 44;
inline constexpr int kHeader = 60;
inline constexpr int kListMin = 264;
inline constexpr int kListDefault = 320;
inline constexpr int kListMax = 420;
inline constexpr int kChatMin = 356;
inline constexpr int kRowInset = 6;

inline constexpr int kContentMax = 760;
inline constexpr int kContentPad = 24;
inline constexpr int kContentPadNarrow = 12;
inline constexpr int kBubbleMax = 480;
inline constexpr int kGroupGap = 2;
inline constexpr int kRunGap = 10;

inline constexpr int kButton = 40;
inline constexpr int kButtonSmall = 32;
inline constexpr int kField = 44;
inline constexpr int kSearchField = 36;
inline constexpr int kHitMin = 36;
inline constexpr int kBadge = 20;

inline constexpr int kRadiusTail = 4;
inline constexpr int kRadiusJoined = 6;
inline constexpr int kRadiusSmall = 8;
inline constexpr int kRadiusControl = 10;
inline constexpr int kRadiusRow = 12;
inline constexpr int kRadiusCard = 14;
inline constexpr int kRadiusBubble = 16;
inline constexpr int kRadiusSheet = 16;

inline constexpr int kMotionFast = 90; ///< milliseconds; 0 with reduced motion (Look::duration)
inline constexpr int kMotionBase = 140;
inline constexpr int kMotionSlow = 220;

} // namespace tacet::ui::metrics
